//! Why a mode of a fault cannot be. Sits in `diagnose`.

use super::case::Case;
use super::describe;
use super::fact::UNKNOWN;
use super::mode::{Mode, Prediction};
use super::predict::{fits, relation_holds, speaking, way_holds};
use super::reading::Reading;
use super::verdict::Proof;

/// Everything that contradicts it. Empty: it can be.
pub(super) fn contradictions(mode: &Mode, case: &Case<'_>) -> Vec<Proof> {
    let mut found = Vec::new();
    if !mode.validation.is_empty() && !mode.validation.contains(&case.target.validation) {
        let says = "the target says how the backend judges tokens, and not so".to_owned();
        found.push(Proof { says, exchange: None });
    }
    found.extend(reading_contradictions(mode, case));
    found.extend(fact_contradictions(mode, case));
    found
}

fn reading_contradictions(mode: &Mode, case: &Case<'_>) -> Vec<Proof> {
    let mut found = Vec::new();
    for reading in case.readings.all.iter().filter(|reading| reading.is_firm()) {
        let holds = |one: &Prediction| one.some || (fits(one, reading) && relation_holds(one, reading, case));
        if !way_holds(mode, reading, case) || !speaking(mode, reading).all(holds) {
            found.push(describe::reading(reading, case.target));
        }
    }
    for prediction in mode.predict.iter().filter(|one| one.some) {
        let spoken: Vec<_> = case.readings.all.iter().filter(|reading| prediction.on.matches(&reading.cell)).collect();
        let met = |reading: &&Reading<'_>| {
            !reading.is_firm() || (fits(prediction, reading) && relation_holds(prediction, reading, case))
        };
        if let Some(first) = spoken.first().filter(|_| !spoken.iter().any(met)) {
            found.push(describe::reading(first, case.target));
        }
    }
    found
}

fn fact_contradictions(mode: &Mode, case: &Case<'_>) -> Vec<Proof> {
    let wrong = |(key, allowed): (&String, &Vec<String>)| {
        let fact = case.fact(key)?;
        let fits = fact.value == UNKNOWN || allowed.iter().any(|word| word == fact.value);
        (!fits).then(|| Proof { says: fact.says.clone(), exchange: fact.exchange })
    };
    mode.facts.iter().filter_map(wrong).collect()
}
