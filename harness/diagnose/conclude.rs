//! From weighed faults to causes: who is a candidate, how sure, what is ruled out. Sits in `diagnose`.

use std::collections::BTreeSet;

use super::case::Case;
use super::catalogue::Catalogue;
use super::given::{FailedStep, Given};
use super::reading::Reading;
use super::verdict::{Alternative, Cause, Certainty, Hops, RuledOut, Settling};
use super::weigh::{Weighed, weigh};
use super::{chain, cure, settle};
use crate::observe::Hop;

/// From this posterior on a candidate whose rivals are not contradicted is `likely`.
const LIKELY: f64 = 0.9;
/// Causes one run may have.
const CAUSES: usize = 3;

/// Names the causes of a run. Several are named when one does not explain all failures.
#[must_use]
pub fn diagnose(given: Given<'_>, catalogue: &Catalogue) -> Vec<Cause> {
    let mut explained: Vec<u32> = Vec::new();
    let mut causes = Vec::new();
    while causes.len() < CAUSES {
        let case = Case::of(given, &explained);
        let open: Vec<&FailedStep> = given.failed.iter().filter(|step| !explained.contains(&step.exchange)).collect();
        let only_controls = open.iter().all(|step| step.control);
        if open.is_empty() || (only_controls && !causes.is_empty()) {
            break;
        }
        let weighed = weigh(&case, catalogue);
        let candidates = ranked(&weighed, &open);
        let Some(best) = candidates.first() else {
            // Bad credentials that were let in, and nothing else: that is the finding, and no failure behind it is to be named.
            if !open.iter().all(|step| step.control && case.was_let_in(step.exchange)) {
                causes.push(unknown(&case, &open, &weighed));
            }
            break;
        };
        causes.push(known(&case, &candidates, &weighed, &open));
        explained.extend(&best.0.explains);
    }
    causes
}

/// The candidates with their posterior, best first. Those that explain a failed step go before those that only explain a side probe.
fn ranked<'w, 'a>(weighed: &'w [Weighed<'a>], open: &[&FailedStep]) -> Vec<(&'w Weighed<'a>, f64)> {
    let explains_a_step = |one: &&Weighed<'_>| open.iter().any(|step| one.explains.contains(&step.exchange));
    let candidates: Vec<&Weighed<'a>> =
        weighed.iter().filter(|one| one.is_candidate()).filter(explains_a_step).collect();
    let most = candidates.iter().map(|one| covered(one, open)).max().unwrap_or(0);
    let mut candidates: Vec<_> = candidates.into_iter().filter(|one| covered(one, open) == most).collect();
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let top = candidates.first().map_or(0.0, |one| one.score);
    let sum: f64 = candidates.iter().map(|one| (one.score - top).exp()).sum();
    candidates.into_iter().map(|one| (one, (one.score - top).exp() / sum)).collect()
}

fn covered(one: &Weighed<'_>, open: &[&FailedStep]) -> usize {
    open.iter().filter(|step| one.explains.contains(&step.exchange)).count()
}

fn certainty(case: &Case<'_>, candidates: &[(&Weighed<'_>, f64)]) -> Certainty {
    match candidates {
        [] => Certainty::Unknown,
        [(best, _), ..] if needs_a_maker(case, best) => Certainty::Ambiguous,
        [(only, _)] if chain::marked(case, only) => Certainty::Certain,
        // What is merely left over, with none of its own claims seen, is not likely: nobody has looked for it yet.
        [(best, _), ..] if !chain::claimed(case, best) => Certainty::Ambiguous,
        [(best, posterior), rivals @ ..] if *posterior >= LIKELY && ahead_by_evidence(best, rivals) => {
            Certainty::Likely
        }
        _ => Certainty::Ambiguous,
    }
}

/// Whether the fault lies with whoever made the failing answers, and nothing at all tells who did.
fn needs_a_maker(case: &Case<'_>, best: &Weighed<'_>) -> bool {
    let explained = || case.readings.all.iter().filter(|reading| best.explains.contains(&reading.observation.exchange));
    let demanded = |reading: &Reading<'_>| {
        best.mode.predict.iter().any(|one| one.on.matches(&reading.cell) && !one.answered_by.is_empty())
    };
    explained().any(demanded) && explained().all(|reading| reading.observation.answered_by == Hop::Unknown)
}

/// Whether what was seen, without any prior, puts it as clearly ahead: what is merely more common is not likely for that.
fn ahead_by_evidence(best: &Weighed<'_>, rivals: &[(&Weighed<'_>, f64)]) -> bool {
    let evidence = |one: &Weighed<'_>| one.score - one.fault.prior.weight().ln();
    let sum: f64 = rivals.iter().map(|(one, _)| (evidence(one) - evidence(best)).exp()).sum();
    1.0 / (1.0 + sum) >= LIKELY
}

fn known(case: &Case<'_>, candidates: &[(&Weighed<'_>, f64)], weighed: &[Weighed<'_>], open: &[&FailedStep]) -> Cause {
    let (best, posterior) = candidates[0];
    let certainty = certainty(case, candidates);
    let faults: Vec<&Weighed<'_>> = candidates.iter().map(|(one, _)| *one).collect();
    let (settled_by, each) = settle::settle(case, &faults);
    let sure = certainty >= Certainty::Likely;
    Cause {
        fault: best.fault.id.clone(),
        title: best.fault.title.clone(),
        hop: hops(&faults),
        certainty,
        confidence: rounded(posterior),
        explains: open
            .iter()
            .filter(|step| best.explains.contains(&step.exchange))
            .map(|step| step.step.clone())
            .collect(),
        alternatives: alternatives(&candidates[1..], each),
        whys: chain::chain(case, best),
        ruled_out: ruled_out(weighed),
        involves: involved(&faults),
        owner: sure.then(|| best.fault.owner.clone()),
        fix: sure.then(|| cure::filled(&best.fault.fix, case)),
        verify: Some(format!("fivewhys smoke --target {}", case.target.name)),
        rollback: sure.then(|| cure::rollback(best.fault, case)),
        settled_by: settled_by.filter(|_| certainty != Certainty::Certain),
    }
}

/// No fault of the catalogue fits: only the hop that answered is known.
fn unknown(case: &Case<'_>, open: &[&FailedStep], weighed: &[Weighed<'_>]) -> Cause {
    let exchanges: BTreeSet<u32> = open.iter().map(|step| step.exchange).collect();
    let seen = case.readings.all.iter().find(|reading| exchanges.contains(&reading.observation.exchange));
    let hop = seen.map_or(Hop::Unknown, |reading| reading.observation.answered_by);
    let whys = chain::first_failure(case, open.iter().map(|step| step.exchange));
    Cause {
        fault: format!("unknown@{hop}"),
        title: format!("No fault of the catalogue fits what was seen; the failing answer was made at: {hop}"),
        hop: Hops::One(hop),
        certainty: Certainty::Unknown,
        confidence: 0.0,
        explains: open.iter().map(|step| step.step.clone()).collect(),
        alternatives: Vec::new(),
        whys: whys.into_iter().collect(),
        ruled_out: ruled_out(weighed),
        involves: Vec::new(),
        owner: None,
        fix: None,
        verify: None,
        rollback: None,
        settled_by: None,
    }
}

fn alternatives(others: &[(&Weighed<'_>, f64)], settlings: Vec<Option<Settling>>) -> Vec<Alternative> {
    let named = |((one, posterior), settled_by): (&(&Weighed<'_>, f64), Option<Settling>)| Alternative {
        fault: one.fault.id.clone(),
        title: one.fault.title.clone(),
        confidence: rounded(*posterior),
        settled_by,
    };
    others.iter().zip(settlings).map(named).collect()
}

/// The closest rivals first.
fn ruled_out(weighed: &[Weighed<'_>]) -> Vec<RuledOut> {
    let mut out: Vec<&Weighed<'_>> = weighed.iter().filter(|one| !one.contradictions.is_empty()).collect();
    out.sort_by(|a, b| b.score.total_cmp(&a.score));
    out.into_iter().map(|one| RuledOut { fault: one.fault.id.clone(), by: one.contradictions[0].clone() }).collect()
}

fn hops(faults: &[&Weighed<'_>]) -> Hops {
    let hops: BTreeSet<Hop> = faults.iter().map(|one| one.fault.hop()).collect();
    match hops.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => Hops::One(*one),
        several => Hops::Several(several.to_vec()),
    }
}

fn involved(faults: &[&Weighed<'_>]) -> Vec<String> {
    let all: BTreeSet<&String> = faults.iter().flat_map(|one| &one.fault.involves).collect();
    all.into_iter().cloned().collect()
}

fn rounded(posterior: f64) -> f64 {
    (posterior * 1000.0).round() / 1000.0
}
