//! Why a mode of a fault cannot be. Sits in `diagnose`.

use super::case::Case;
use super::describe;
use super::mode::{Mode, Prediction};
use super::predict::{allows, meets, way_holds};
use super::reading::Reading;
use super::verdict::Proof;

/// The first thing that contradicts it. Nothing: it can be.
pub(super) fn contradiction(mode: &Mode, case: &Case<'_>) -> Option<Proof> {
    if !mode.is_possible_in(case.target) {
        let says = "the target says how the backend judges tokens and starts, and not so".to_owned();
        return Some(Proof::new(says, None));
    }
    let reading = reading_contradiction(mode, case).map(|reading| describe::reading(reading, case.target));
    reading.or_else(|| fact_contradiction(mode, case))
}

fn reading_contradiction<'c, 'a>(mode: &Mode, case: &'c Case<'a>) -> Option<&'c Reading<'a>> {
    let cannot_be =
        |reading: &&Reading<'_>| reading.is_firm() && !(way_holds(mode, reading) && allows(mode, reading, case));
    let unmet = |prediction: &Prediction| {
        let spoken = || case.readings.all.iter().filter(|reading| prediction.on.matches(&reading.cell));
        let met = |reading: &Reading<'_>| meets(prediction, reading, case);
        spoken().next().filter(|_| !spoken().any(met))
    };
    let at_least_one = || mode.predict.iter().filter(|one| one.some).find_map(unmet);
    case.readings.all.iter().find(cannot_be).or_else(at_least_one)
}

fn fact_contradiction(mode: &Mode, case: &Case<'_>) -> Option<Proof> {
    let wrong = mode.facts.keys().filter_map(|key| case.fact(key)).find(|fact| !mode.agrees(fact))?;
    Some(wrong.proof())
}
