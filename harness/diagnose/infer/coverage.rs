//! What one mode of a fault says about each reading, independent of other faults.

use std::collections::BTreeSet;

use crate::diagnose::infer::agreement::{allows, holds, meets, names_outcome, speaking};
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::fault_mode::FaultMode;
use crate::diagnose::model::prediction::Prediction;
use crate::diagnose::readings::probe_result::Reading;
use crate::observe::Outcome;

/// What a mode says about one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Predicted {
    /// The mode makes no prediction, or only allows the reading.
    Nothing,
    /// The mode predicts this failure.
    This,
    /// The mode rules out the reading.
    Otherwise,
}

/// What a mode says about a whole case.
#[derive(Debug)]
pub(crate) struct Coverage {
    /// One for each reading of the case.
    pub(crate) readings: Vec<Predicted>,
    /// For each prediction that at least one probe must fulfil and none does: the readings to which it applies.
    pub(crate) unmet: Vec<Vec<usize>>,
    /// Facts of which it demands another value.
    pub(crate) facts: BTreeSet<&'static str>,
}

impl Coverage {
    pub(crate) fn of(mode: &FaultMode, case: &Case<'_>) -> Self {
        let readings = &case.readings.all;
        Self {
            readings: readings.iter().map(|reading| predicted(mode, reading, case)).collect(),
            unmet: mode.predict.iter().filter(|one| one.some).filter_map(|one| unmet(one, case)).collect(),
            facts: case.facts.iter().filter(|fact| !mode.agrees(fact)).map(|fact| fact.key).collect(),
        }
    }

    /// Returns the failing exchanges that it predicts.
    pub(crate) fn predicted(&self, case: &Case<'_>) -> BTreeSet<u32> {
        let readings = case.readings.all.iter().zip(&self.readings);
        let predicted = readings.filter(|(reading, one)| **one == Predicted::This && reading.is_broken());
        predicted.flat_map(|(reading, _)| reading.exchanges.iter().copied()).collect()
    }
}

fn predicted(mode: &FaultMode, reading: &Reading<'_>, case: &Case<'_>) -> Predicted {
    if !allows(mode, reading, case) {
        return if reading.is_firm() { Predicted::Otherwise } else { Predicted::Nothing };
    }
    let ends_badly = reading.observation.result != Outcome::Ok || reading.fails();
    let predicted = speaking(mode, reading).any(|one| names_outcome(one, reading) && holds(one, reading, case));
    if ends_badly && predicted { Predicted::This } else { Predicted::Nothing }
}

fn unmet(prediction: &Prediction, case: &Case<'_>) -> Option<Vec<usize>> {
    let spoken: Vec<usize> =
        (0..case.readings.all.len()).filter(|at| case.readings.all[*at].is_on(&prediction.on)).collect();
    let met = |at: &usize| {
        let reading = &case.readings.all[*at];
        meets(prediction, reading, case)
    };
    (!spoken.is_empty() && !spoken.iter().any(met)).then_some(spoken)
}
