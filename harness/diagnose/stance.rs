//! What one mode of a fault says of each reading, apart from every other fault. Sits in `diagnose`, used by `pair`.

use std::collections::BTreeSet;

use super::case::Case;
use super::mode::{Mode, Prediction};
use super::predict::{allows, foretells, holds, meets, speaking};
use super::reading::Reading;
use crate::observe::Outcome;

/// What a mode says of one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stance {
    /// Nothing, or no more than that it may be.
    Silent,
    /// That it fails, and in this way.
    Foretold,
    /// That it cannot be.
    Contradicted,
}

/// A mode against a whole case.
#[derive(Debug)]
pub(super) struct Stances {
    /// One for each reading of the case.
    pub(super) readings: Vec<Stance>,
    /// For each prediction that at least one probe must meet and none did: the readings it speaks of.
    pub(super) unmet: Vec<Vec<usize>>,
    /// Facts it demands otherwise.
    pub(super) facts: BTreeSet<&'static str>,
}

impl Stances {
    pub(super) fn of(mode: &Mode, case: &Case<'_>) -> Self {
        let readings = &case.readings.all;
        Self {
            readings: readings.iter().map(|reading| stance(mode, reading, case)).collect(),
            unmet: mode.predict.iter().filter(|one| one.some).filter_map(|one| unmet(one, case)).collect(),
            facts: case.facts.iter().filter(|fact| !mode.agrees(fact)).map(|fact| fact.key).collect(),
        }
    }

    /// The failing exchanges it foretells, whatever else it is wrong about.
    pub(super) fn foretold(&self, case: &Case<'_>) -> BTreeSet<u32> {
        let readings = case.readings.all.iter().zip(&self.readings);
        let foretold = readings.filter(|(reading, stance)| **stance == Stance::Foretold && reading.is_broken());
        foretold.flat_map(|(reading, _)| reading.exchanges.iter().copied()).collect()
    }
}

fn stance(mode: &Mode, reading: &Reading<'_>, case: &Case<'_>) -> Stance {
    if !allows(mode, reading, case) {
        return if reading.is_firm() { Stance::Contradicted } else { Stance::Silent };
    }
    let ends_badly = reading.observation.result != Outcome::Ok || reading.fails();
    let foretold = speaking(mode, reading).any(|one| foretells(one, reading) && holds(one, reading, case));
    if ends_badly && foretold { Stance::Foretold } else { Stance::Silent }
}

fn unmet(prediction: &Prediction, case: &Case<'_>) -> Option<Vec<usize>> {
    let spoken: Vec<usize> =
        (0..case.readings.all.len()).filter(|at| prediction.on.matches(&case.readings.all[*at].cell)).collect();
    let met = |at: &usize| {
        let reading = &case.readings.all[*at];
        meets(prediction, reading, case)
    };
    (!spoken.is_empty() && !spoken.iter().any(met)).then_some(spoken)
}
