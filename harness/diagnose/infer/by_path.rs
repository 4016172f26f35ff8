//! Every fault compared with the case by the model of the request path. Facts and log lines count as with lists.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::diagnose::belief::{Belief, Beliefs, Hypothesis};
use crate::diagnose::infer::candidate::{Weighed, Unknown, Weighing, by_mode, claims};
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::fact_contradiction;
use crate::diagnose::infer::likelihood::NOISE;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::verdict::cause::Proof;
use crate::diagnose::wording::readings;

/// Compares every fault with the case.
pub(super) fn weigh<'a>(case: &Case<'_>, catalogue: &'a Catalogue) -> Weighing<'a> {
    let counts = |key: &crate::probe::ProbeKey| case.readings.has(key);
    let beliefs = Beliefs::of(&case.observations, case.target, case.user(), &counts, catalogue);
    let mut best = Vec::new();
    let mut modes = Vec::new();
    let mut unknown = Vec::new();
    for belief in &beliefs.all {
        match belief.hypothesis {
            Hypothesis::Healthy => {}
            Hypothesis::Unknown(stop) => unknown.push(Unknown {
                hop: stop.hop(),
                score: belief.score,
                explains: belief.explains.iter().copied().collect(),
            }),
            Hypothesis::Fault(fault) => {
                let mut of_fault = by_mode(fault, case);
                best.extend(in_best_mode(fault, belief, &mut of_fault, case));
                modes.extend(of_fault);
            }
        }
    }
    let claims = claims(case, &best);
    for one in &mut best {
        let foreign: Vec<_> = claims.iter().filter(|claim| claim.contradicts(one, case)).collect();
        one.score += NOISE.ln() * foreign.len() as f64;
        one.contradiction = one.contradiction.take().or_else(|| foreign.first().map(|claim| claim.proof.clone()));
    }
    Weighing { best, modes, unknown }
}

/// Returns the fault in the mode whose facts fit best, with the score of the path.
fn in_best_mode<'a>(
    _fault: &'a Fault,
    belief: &Belief<'_>,
    modes: &mut [Weighed<'a>],
    case: &Case<'_>,
) -> Option<Weighed<'a>> {
    let to_explain: BTreeSet<u32> = case.to_explain().flat_map(|reading| reading.exchanges.clone()).collect();
    let conflict = belief.conflict.and_then(|exchange| proof(exchange, case));
    for one in modes.iter_mut() {
        // The order of two modes of one fault follows their own predictions; the path knows the fault only.
        one.explains = belief.explains.iter().copied().filter(|exchange| to_explain.contains(exchange)).collect();
    }
    let fit = |one: &Weighed<'_>| (fact_contradiction(one.mode, case).is_none(), one.contradiction.is_none(), one.score);
    let best = modes.iter().max_by(|a, b| fit(a).partial_cmp(&fit(b)).unwrap_or(Ordering::Equal))?.clone();
    let facts = best.likelihood.facts() + best.likelihood.oddities();
    let contradiction = conflict.or_else(|| fact_contradiction(best.mode, case));
    let hints = best.base - best.prior();
    Some(Weighed { contradiction, score: belief.score.max(f64::MIN) + facts + hints, ..best })
}

fn proof(exchange: u32, case: &Case<'_>) -> Option<Proof> {
    let reading = case.readings.all.iter().find(|one| one.exchanges.contains(&exchange))?;
    Some(readings::reading(reading, case.target))
}
