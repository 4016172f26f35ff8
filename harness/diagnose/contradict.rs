//! Why a mode of a fault cannot be. Sits in `diagnose`.

use super::case::Case;
use super::describe;
use super::fact::UNKNOWN;
use super::mode::{Mode, Prediction};
use super::predict::{fits, relation_holds, speaking, way_holds};
use super::reading::Reading;
use super::verdict::Proof;

/// The first thing that contradicts it. Nothing: it can be.
pub(super) fn contradiction(mode: &Mode, case: &Case<'_>) -> Option<Proof> {
    if !mode.validation.is_empty() && !mode.validation.contains(&case.target.validation) {
        let says = "the target says how the backend judges tokens, and not so".to_owned();
        return Some(Proof { says, exchange: None });
    }
    let reading = reading_contradiction(mode, case).map(|reading| describe::reading(reading, case.target));
    reading.or_else(|| fact_contradiction(mode, case))
}

fn reading_contradiction<'c, 'a>(mode: &Mode, case: &'c Case<'a>) -> Option<&'c Reading<'a>> {
    let cannot_be = |reading: &&Reading<'_>| {
        let holds = |one: &Prediction| one.some || (fits(one, reading) && relation_holds(one, reading, case));
        reading.is_firm() && (!way_holds(mode, reading, case) || !speaking(mode, reading).all(holds))
    };
    let unmet = |prediction: &Prediction| {
        let spoken = || case.readings.all.iter().filter(|reading| prediction.on.matches(&reading.cell));
        let met = |reading: &Reading<'_>| {
            !reading.is_firm() || (fits(prediction, reading) && relation_holds(prediction, reading, case))
        };
        spoken().next().filter(|_| !spoken().any(met))
    };
    let at_least_one = || mode.predict.iter().filter(|one| one.some).find_map(unmet);
    case.readings.all.iter().find(cannot_be).or_else(at_least_one)
}

fn fact_contradiction(mode: &Mode, case: &Case<'_>) -> Option<Proof> {
    let wrong = |(key, allowed): (&String, &Vec<String>)| {
        let fact = case.fact(key)?;
        let fits = fact.value == UNKNOWN || allowed.iter().any(|word| word == fact.value);
        (!fits).then(|| Proof { says: fact.says.clone(), exchange: fact.exchange })
    };
    mode.facts.iter().find_map(wrong)
}
