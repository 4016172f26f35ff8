//! Every fault compared with the case by the model of the request path. Facts and log lines count as with lists.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::diagnose::belief::{Belief, Beliefs, Hypothesis};
use crate::diagnose::infer::candidate::{Candidate, Compared, Unknown, add_findings_of_others, by_mode};
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::{Conflict, Record, conflicting_fact};
use crate::diagnose::model::catalogue::Catalogue;
use crate::probe::ProbeKey;

/// Compares every fault with the case.
pub(super) fn compare<'a>(case: &Case<'_>, catalogue: &'a Catalogue) -> Compared<'a> {
    let counts = |key: &ProbeKey| case.readings.has(key);
    let beliefs = Beliefs::of(&case.observations, case.target, case.user(), &counts, catalogue);
    let (mut best, mut modes, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for belief in &beliefs.all {
        match belief.hypothesis {
            Hypothesis::Healthy => {}
            Hypothesis::Unknown(stop) => unknown.push(Unknown {
                hop: stop.hop(),
                score: belief.score,
                explains: belief.explains.iter().copied().collect(),
            }),
            Hypothesis::Fault(fault) => {
                let of_fault = by_mode(fault, case);
                best.extend(in_best_mode(belief, &of_fault, case));
                modes.extend(of_fault);
            }
        }
    }
    add_findings_of_others(&mut best, case);
    Compared { best, modes, unknown }
}

/// Returns the fault in the mode whose facts fit best, with the score of the path.
fn in_best_mode<'a>(belief: &Belief<'_>, modes: &[Candidate<'a>], case: &Case<'_>) -> Option<Candidate<'a>> {
    let to_explain: BTreeSet<u32> = case.to_explain().flat_map(|reading| reading.exchanges.clone()).collect();
    let wrong = |one: &Candidate<'_>| conflicting_fact(one.mode, case);
    let fit = |one: &Candidate<'_>| (wrong(one).is_none(), one.conflict.is_none(), one.score);
    let best = modes.iter().max_by(|a, b| fit(a).partial_cmp(&fit(b)).unwrap_or(Ordering::Equal))?.clone();
    let at = |exchange: u32| case.readings.all.iter().position(|one| one.exchanges.contains(&exchange));
    let by_reading = belief.conflict.and_then(at).map(Conflict::Reading);
    let by_fact = || wrong(&best).map(|key| Conflict::Record(Record::Fact(key)));
    let facts = best.likelihood.facts() + best.likelihood.oddities() + best.base - best.prior();
    Some(Candidate {
        conflict: by_reading.or_else(by_fact),
        explains: belief.explains.iter().copied().filter(|exchange| to_explain.contains(exchange)).collect(),
        score: belief.score.max(f64::MIN) + facts,
        ..best
    })
}
