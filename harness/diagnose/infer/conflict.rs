//! What contradicts a mode of a fault.

use crate::diagnose::infer::agreement::{allows, edge_difference_is_allowed, meets};
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::fault_mode::{Mode, Prediction};
use crate::diagnose::readings::probe_result::Reading;
use crate::diagnose::verdict::cause::Proof;
use crate::diagnose::wording::readings;

/// Returns the first observation or fact that contradicts the mode. `None`: the mode is possible.
pub(crate) fn contradiction(mode: &Mode, case: &Case<'_>) -> Option<Proof> {
    if !mode.is_possible_in(case.target) {
        let says = "`validation` or `startup_check` in the target file rules it out".to_owned();
        return Some(Proof::new(says, None));
    }
    let reading = reading_contradiction(mode, case).map(|reading| readings::reading(reading, case.target));
    reading.or_else(|| fact_contradiction(mode, case))
}

fn reading_contradiction<'c, 'a>(mode: &Mode, case: &'c Case<'a>) -> Option<&'c Reading<'a>> {
    let cannot_be = |reading: &&Reading<'_>| {
        reading.is_firm() && !(edge_difference_is_allowed(mode, reading) && allows(mode, reading, case))
    };
    let unmet = |prediction: &Prediction| {
        let spoken = || case.readings.all.iter().filter(|reading| prediction.on.matches(&reading.cell));
        let met = |reading: &Reading<'_>| meets(prediction, reading, case);
        spoken().next().filter(|_| !spoken().any(met))
    };
    let at_least_one = || mode.predict.iter().filter(|one| one.some).find_map(unmet);
    case.readings.all.iter().find(cannot_be).or_else(at_least_one)
}

pub(crate) fn fact_contradiction(mode: &Mode, case: &Case<'_>) -> Option<Proof> {
    let wrong = mode.facts.keys().filter_map(|key| case.fact(key)).find(|fact| !mode.agrees(fact))?;
    Some(wrong.proof())
}
