//! One fault as the cause: how certain it is, which alternatives remain, and which faults are ruled out.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::active::next_question;
use crate::diagnose::active::next_question::Settling;
use crate::diagnose::facts::revision_split;
use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::mark_seen;
use crate::diagnose::logs::attribution::LogMatch;
use crate::diagnose::model::probe_class::Place;
use crate::diagnose::readings::input::FailedStep;
use crate::diagnose::readings::probe_result::Reading;
use crate::diagnose::verdict::cause::{Alternative, Cause, Certainty, Hops, RuledOut};
use crate::diagnose::verdict::{explanation, remedy};
use crate::diagnose::wording::proof::Proof;
use crate::observe::Outcome;
use crate::statements::Meaning;
use crate::terms::Hop;

/// From this posterior on, a candidate whose rivals are not contradicted is `likely`.
pub(crate) const LIKELY: f64 = 0.9;

/// A candidate that is behind by this much in hints alone is unlikely: just below the weakest hint, as a logarithm.
const SPEAKS_AGAINST: f64 = 2.0;

/// Returns the cause, from its candidates, best first.
pub(crate) fn cause(
    case: &Case<'_>,
    candidates: &[(&Candidate<'_>, f64)],
    compared: &[Candidate<'_>],
    open: &[&FailedStep],
) -> Cause {
    let certainty = certainty(case, candidates);
    let explained = open.iter().filter(|step| candidates[0].0.explains.contains(&step.exchange));
    let explains = explained.map(|step| step.step.clone()).collect();
    with_a_rival(named(case, candidates, certainty, explains, ruled_out(case, compared)))
}

/// Returns an ambiguous cause with a rival: an unknown cause, where no fault is one.
pub(crate) fn with_a_rival(cause: Cause) -> Cause {
    if cause.certainty == Certainty::Ambiguous && cause.alternatives.is_empty() { doubted(cause) } else { cause }
}

/// The most that a doubted cause has of the posterior: less than a likely one.
const DOUBTED: f64 = 0.85;

/// Returns a doubted cause beside the only alternative: an unknown cause at its hop.
fn doubted(cause: Cause) -> Cause {
    let Hops::One(hop) = cause.hop else { return cause };
    let confidence = cause.confidence.min(DOUBTED);
    let unknown = Alternative {
        fault: format!("unknown@{hop}"),
        title: format!("Something else at: {hop}; the catalogue does not have it"),
        confidence: rounded(1.0 - confidence),
        unlikely: false,
        settled_by: None,
    };
    Cause { confidence, alternatives: vec![unknown], ..cause }
}

/// Returns a cause of this certainty, with everything that follows from it.
pub(crate) fn named(
    case: &Case<'_>,
    candidates: &[(&Candidate<'_>, f64)],
    certainty: Certainty,
    explains: Vec<String>,
    ruled_out: Vec<RuledOut>,
) -> Cause {
    let (best, posterior) = candidates[0];
    let faults: Vec<&Candidate<'_>> = candidates.iter().map(|(one, _)| *one).collect();
    let (settled_by, each) = next_question::settle(case, &faults);
    let sure = certainty >= Certainty::Likely;
    Cause {
        fault: best.fault.id.clone(),
        title: best.fault.title.clone(),
        hop: hops(&weighty(candidates)),
        certainty,
        confidence: rounded(posterior),
        explains,
        alternatives: alternatives(candidates, each),
        whys: explanation::chain(case, best),
        worst_lines: Vec::new(),
        ruled_out,
        involves: involved(&faults),
        suspects: BTreeMap::new(),
        owner: sure.then(|| best.fault.owner.clone()),
        fix: sure.then(|| remedy::fix(best, case)),
        verify: (!case.target.recorded).then(|| format!("fivewhys smoke --target {}", case.target.name)),
        rollback: sure.then(|| remedy::rollback(best.fault, case)),
        settled_by: settled_by.filter(|_| certainty != Certainty::Certain),
    }
}

/// From this posterior on, a marked candidate is certain.
const SURE: f64 = 0.98;

/// Returns how certain the best candidate is: the posterior decides, and certainty needs a mark.
fn certainty(case: &Case<'_>, candidates: &[(&Candidate<'_>, f64)]) -> Certainty {
    let Some((best, posterior)) = candidates.first() else { return Certainty::Unknown };
    let sure = *posterior >= SURE
        && mark_seen::marked(case, best)
        && holds_for_all_revisions(case, best, &best.explains)
        && !may_be_a_refusal(case, best);
    match *posterior {
        _ if sure => Certainty::Certain,
        share if share >= LIKELY && !is_doubtful(case, best) => Certainty::Likely,
        _ => Certainty::Ambiguous,
    }
}

/// Reports whether a fault that no mark and no line shows may be the wrong one: it would rarely cause a failed step, its
/// failures came and went, or everything that failed worked later. Of what comes and goes, a busy machine leaves lines too.
fn is_doubtful(case: &Case<'_>, best: &Candidate<'_>) -> bool {
    let shows = |line: &LogMatch| line.decisive || !best.fault.comes_and_goes;
    if mark_seen::marked(case, best) || best.log.as_ref().is_some_and(shows) {
        return false;
    }
    let is_odd = best.odd.iter().any(|exchange| case.is_of_a_step(*exchange));
    let explained = || case.readings.failing().filter(|reading| best.explains.contains(&reading.observation.exchange));
    let passed = explained().count() > 0 && explained().all(Reading::is_intermittent);
    is_odd || best.fault.comes_and_goes || passed || is_an_unnamed_store(case, best)
}

/// Reports whether a store is blamed that no failed response speaks of: the backend may miss any other service.
fn is_an_unnamed_store(case: &Case<'_>, best: &Candidate<'_>) -> bool {
    let of_a_store = |meaning: &Meaning| matches!(meaning, Meaning::Store | Meaning::Database | Meaning::Cache);
    let is_named = || case.readings.failing().any(|one| one.observation.means.iter().any(of_a_store));
    best.fault.hop() == Hop::Data && !is_named()
}

/// Reports whether no revision behaves differently, or the fault itself is intermittent.
pub(crate) fn holds_for_all_revisions(case: &Case<'_>, one: &Candidate<'_>, explains: &BTreeSet<u32>) -> bool {
    one.fault.comes_and_goes || !revision_split::are_parted(explains, &case.readings, case.logbook.entries, case.sent)
}

/// Reports whether the failures may be how this system refuses: by a redirect, or by `not found` where nothing is
/// denied.
fn may_be_a_refusal(case: &Case<'_>, one: &Candidate<'_>) -> bool {
    let explained = || case.readings.all.iter().filter(|reading| one.explains.contains(&reading.observation.exchange));
    let redirects = explained().any(|reading| reading.observation.status.is_some_and(|status| status / 100 == 3));
    let of_the_backend = |reading: &&Reading<'_>| matches!(reading.class.place, Place::Protected | Place::Direct);
    let denies = || {
        let mut refused = case.readings.all.iter().filter(of_the_backend);
        refused.any(|reading| reading.observation.result == Outcome::Denied)
    };
    let hides = || explained().any(|reading| reading.observation.result == Outcome::NotFound) && !denies();
    redirects || hides()
}

fn alternatives(candidates: &[(&Candidate<'_>, f64)], settlings: Vec<Option<Settling>>) -> Vec<Alternative> {
    let best = candidates.iter().map(|(one, _)| one.records).fold(f64::NEG_INFINITY, f64::max);
    let named = |((one, posterior), settled_by): (&(&Candidate<'_>, f64), Option<Settling>)| Alternative {
        fault: one.fault.id.clone(),
        title: one.fault.title.clone(),
        confidence: rounded(*posterior),
        unlikely: one.records < best - SPEAKS_AGAINST,
        settled_by,
    };
    candidates[1..].iter().zip(settlings).map(named).collect()
}

/// Returns the faults that are ruled out, the closest rivals first.
pub(crate) fn ruled_out(case: &Case<'_>, compared: &[Candidate<'_>]) -> Vec<RuledOut> {
    let lines: Vec<&LogMatch> =
        compared.iter().filter_map(|one| one.log.as_ref()).filter(|line| line.decisive).collect();
    let mut out: Vec<(f64, RuledOut)> =
        compared.iter().filter_map(|one| Some((one.score, contradicted(case, one, &lines)?))).collect();
    out.sort_by(|a, b| b.0.total_cmp(&a.0));
    out.into_iter().map(|(_, one)| one).collect()
}

fn contradicted(case: &Case<'_>, one: &Candidate<'_>, lines: &[&LogMatch]) -> Option<RuledOut> {
    Some(RuledOut { fault: one.fault.id.clone(), by: Proof::of_conflict(one.conflict?, case, lines) })
}

/// A candidate with a smaller share does not widen the hops that a cause names.
const WEIGHTY: f64 = 0.03;

/// Returns the candidates that decide which hops a cause names: the first, and those with more than a small share.
fn weighty<'w, 'a>(candidates: &[(&'w Candidate<'a>, f64)]) -> Vec<&'w Candidate<'a>> {
    let counts = |(at, one): &(usize, &(&'w Candidate<'a>, f64))| *at == 0 || one.1 >= WEIGHTY;
    candidates.iter().enumerate().filter(counts).map(|(_, (one, _))| *one).collect()
}

fn hops(faults: &[&Candidate<'_>]) -> Hops {
    let hops: BTreeSet<Hop> = faults.iter().map(|one| one.fault.hop()).collect();
    match hops.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => Hops::One(*one),
        several => Hops::Several(several.to_vec()),
    }
}

fn involved(faults: &[&Candidate<'_>]) -> Vec<String> {
    let all: BTreeSet<&String> = faults.iter().flat_map(|one| &one.fault.involves).collect();
    all.into_iter().cloned().collect()
}

pub(crate) fn rounded(posterior: f64) -> f64 {
    (posterior * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_doubted_cause_stands_beside_an_unknown_one() {
        let text = json!({
            "fault": "backend/x", "title": "t", "hop": "backend", "certainty": "ambiguous", "confidence": 0.97, "explains": [],
            "alternatives": [], "whys": [], "ruled_out": [], "involves": [],
        });
        let cause = doubted(serde_json::from_value(text).expect("a cause"));
        let others: Vec<(&str, f64)> =
            cause.alternatives.iter().map(|one| (one.fault.as_str(), one.confidence)).collect();
        assert_eq!((cause.confidence, others), (0.85, vec![("unknown@backend", 0.15)]));
    }
}
