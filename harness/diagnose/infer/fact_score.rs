//! What the facts of a case say about a mode of a fault, as a logarithm.

use crate::diagnose::infer::case::Case;
use crate::diagnose::model::fact::{Fact, UNKNOWN};
use crate::diagnose::model::fault_mode::FaultMode;

/// How often an observation is misleading.
pub(crate) const NOISE: f64 = 0.01;
/// The weight of a hint, as a factor.
pub(crate) const HINT: f64 = 20.0;
/// The weight of an unusual observation, as a factor. Alone it makes no fault likely.
const USUAL: f64 = 8.0;

/// Scores the facts that the mode demands and those that it usually shows.
pub(crate) fn fact_score(mode: &FaultMode, case: &Case<'_>) -> f64 {
    demanded_score(mode, case) + usual_score(mode, case)
}

/// Scores the facts that the mode demands, without the hints of unusual values.
pub(crate) fn demanded_score(mode: &FaultMode, case: &Case<'_>) -> f64 {
    let demanded = mode.facts.keys().filter_map(|key| known(key, case)).map(|fact| match mode.demands(fact) {
        true if fact.anomaly => HINT.ln(),
        true => 0.0,
        false => NOISE.ln(),
    });
    demanded.sum()
}

/// Scores unusual facts that are no anomaly, and facts that the mode usually shows.
fn usual_score(mode: &FaultMode, case: &Case<'_>) -> f64 {
    let odd = |fact: &&Fact| fact.is_odd() && !fact.anomaly && mode.demands(fact);
    let demanded = mode.facts.keys().filter_map(|key| known(key, case)).filter(odd).map(|_| HINT.ln());
    let usual = mode.usual_facts.keys().filter_map(|key| known(key, case)).map(|fact| match mode.usually_shows(fact) {
        true if fact.is_odd() => HINT.ln(),
        true => 0.0,
        false => -USUAL.ln(),
    });
    demanded.chain(usual).sum()
}

fn known<'c>(key: &str, case: &'c Case<'_>) -> Option<&'c Fact> {
    case.fact(key).filter(|fact| fact.value != UNKNOWN)
}
