//! One fault as the cause: how sure, what else it may be, what is ruled out. Sits in `diagnose`, used by `conclude`.

use std::collections::BTreeSet;

use super::case::Case;
use super::cell::Place;
use super::given::FailedStep;
use super::reading::Reading;
use super::verdict::{Alternative, Cause, Certainty, Hops, RuledOut, Settling};
use super::weigh::Weighed;
use super::{chain, cure, revisions, settle};
use crate::observe::Outcome;
use crate::terms::Hop;

/// From this posterior on a candidate whose rivals are not contradicted is `likely`.
pub(super) const LIKELY: f64 = 0.9;

/// A candidate that is so far behind in hints alone is unlikely: almost the least of hints, as a logarithm.
const SPEAKS_AGAINST: f64 = 2.0;

/// The cause, from its candidates, best first.
pub(super) fn cause(
    case: &Case<'_>,
    candidates: &[(&Weighed<'_>, f64)],
    weighed: &[Weighed<'_>],
    open: &[&FailedStep],
) -> Cause {
    let certainty = certainty(case, candidates);
    let explained = open.iter().filter(|step| candidates[0].0.explains.contains(&step.exchange));
    let explains = explained.map(|step| step.step.clone()).collect();
    named(case, candidates, certainty, explains, ruled_out(weighed))
}

/// A cause of this certainty, with everything that follows from it.
pub(super) fn named(
    case: &Case<'_>,
    candidates: &[(&Weighed<'_>, f64)],
    certainty: Certainty,
    explains: Vec<String>,
    ruled_out: Vec<RuledOut>,
) -> Cause {
    let (best, posterior) = candidates[0];
    let faults: Vec<&Weighed<'_>> = candidates.iter().map(|(one, _)| *one).collect();
    let (settled_by, each) = settle::settle(case, &faults);
    let sure = certainty >= Certainty::Likely;
    Cause {
        fault: best.fault.id.clone(),
        title: best.fault.title.clone(),
        hop: hops(&faults),
        certainty,
        confidence: rounded(posterior),
        explains,
        alternatives: alternatives(candidates, each),
        whys: chain::chain(case, best),
        ruled_out,
        involves: involved(&faults),
        owner: sure.then(|| best.fault.owner.clone()),
        fix: sure.then(|| cure::filled(&best.fault.fix, case)),
        verify: Some(format!("fivewhys smoke --target {}", case.target.name)),
        rollback: sure.then(|| cure::rollback(best.fault, case)),
        settled_by: settled_by.filter(|_| certainty != Certainty::Certain),
    }
}

fn certainty(case: &Case<'_>, candidates: &[(&Weighed<'_>, f64)]) -> Certainty {
    match candidates {
        [] => Certainty::Unknown,
        [(best, _), ..] if needs_a_maker(case, best) => Certainty::Ambiguous,
        [(only, _)]
            if chain::marked(case, only)
                && is_of_every_revision(case, only, &only.explains)
                && !may_be_a_refusal(case, only)
                && !is_written_otherwise(case, only) =>
        {
            Certainty::Certain
        }
        [(only, _)] if chain::marked(case, only) => Certainty::Likely,
        // What is merely left over, with none of its own claims seen, is not likely: nobody has looked for it yet.
        [(best, _), ..] if !chain::claimed(case, best) => Certainty::Ambiguous,
        [(best, posterior), rivals @ ..] if *posterior >= LIKELY && ahead_by_evidence(best, rivals) => {
            Certainty::Likely
        }
        _ => Certainty::Ambiguous,
    }
}

/// Whether no other revision fares otherwise, or the fault is just that.
pub(super) fn is_of_every_revision(case: &Case<'_>, one: &Weighed<'_>, explains: &BTreeSet<u32>) -> bool {
    one.mode.comes_and_goes || !revisions::are_parted(explains, case)
}

/// Whether the auth service wrote something meanwhile, where this fault usually keeps it from that.
fn is_written_otherwise(case: &Case<'_>, one: &Weighed<'_>) -> bool {
    let key = "auth.writes";
    let is_silent = one.mode.usual_facts.get(key).is_some_and(|usual| usual.iter().all(|word| word == "no"));
    is_silent && case.fact(key).is_some_and(|fact| fact.value == "yes")
}

/// Whether what it explains may be how this system refuses: it redirects, or says not found and nowhere that it denies.
fn may_be_a_refusal(case: &Case<'_>, one: &Weighed<'_>) -> bool {
    let explained = || case.readings.all.iter().filter(|reading| one.explains.contains(&reading.observation.exchange));
    let redirects = explained().any(|reading| reading.observation.status.is_some_and(|status| status / 100 == 3));
    let of_the_backend = |reading: &&Reading<'_>| matches!(reading.cell.place, Place::Protected | Place::Direct);
    let denies = || {
        let mut refused = case.readings.all.iter().filter(of_the_backend);
        refused.any(|reading| reading.observation.result == Outcome::Denied)
    };
    let hides = || explained().any(|reading| reading.observation.result == Outcome::NotFound) && !denies();
    redirects || hides()
}

/// Whether the fault lies with whoever made the failing answers, and nothing at all tells who did: neither the answers, nor that the
/// same call goes well past the edge.
fn needs_a_maker(case: &Case<'_>, best: &Weighed<'_>) -> bool {
    let explained = || case.readings.all.iter().filter(|reading| best.explains.contains(&reading.observation.exchange));
    if !best.mode.inside && explained().any(|reading| case.readings.is_well_past_the_edge(reading)) {
        return false;
    }
    let demanded = |reading: &Reading<'_>| {
        best.mode.predict.iter().any(|one| one.on.matches(&reading.cell) && !one.answered_by.is_empty())
    };
    explained().any(demanded) && explained().all(|reading| reading.observation.answered_by == Hop::Unknown)
}

/// Whether what was seen, without any prior, puts it as clearly ahead: what is merely more common is not likely for that.
fn ahead_by_evidence(best: &Weighed<'_>, rivals: &[(&Weighed<'_>, f64)]) -> bool {
    let evidence = |one: &Weighed<'_>| one.score - one.prior() - one.likelihood.hints();
    let sum: f64 = rivals.iter().map(|(one, _)| (evidence(one) - evidence(best)).exp()).sum();
    1.0 / (1.0 + sum) >= LIKELY
}

fn alternatives(candidates: &[(&Weighed<'_>, f64)], settlings: Vec<Option<Settling>>) -> Vec<Alternative> {
    let best = candidates.iter().map(|(one, _)| one.hints()).fold(f64::NEG_INFINITY, f64::max);
    let named = |((one, posterior), settled_by): (&(&Weighed<'_>, f64), Option<Settling>)| Alternative {
        fault: one.fault.id.clone(),
        title: one.fault.title.clone(),
        confidence: rounded(*posterior),
        unlikely: one.hints() < best - SPEAKS_AGAINST,
        settled_by,
    };
    candidates[1..].iter().zip(settlings).map(named).collect()
}

/// The closest rivals first.
pub(super) fn ruled_out(weighed: &[Weighed<'_>]) -> Vec<RuledOut> {
    let mut out: Vec<(f64, RuledOut)> =
        weighed.iter().filter_map(|one| Some((one.score, contradicted(one)?))).collect();
    out.sort_by(|a, b| b.0.total_cmp(&a.0));
    out.into_iter().map(|(_, one)| one).collect()
}

fn contradicted(one: &Weighed<'_>) -> Option<RuledOut> {
    Some(RuledOut { fault: one.fault.id.clone(), by: one.contradiction.clone()? })
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
