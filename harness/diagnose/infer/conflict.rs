//! What contradicts a mode of a fault.

use crate::diagnose::infer::agreement::{allows, edge_difference_is_allowed, meets};
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::fault_mode::FaultMode;
use crate::diagnose::model::prediction::Prediction;
use crate::diagnose::readings::probe_result::Reading;

/// Why a fault is impossible. Positions and keys only; `wording` makes the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// `validation` or `startup_check` in the target file.
    Target,
    /// A reading, by its place among the readings of the case.
    Reading(usize),
    /// A record of another fault.
    Record(Record),
}

/// The identity of something that a fault leaves: a fact or a line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Record {
    /// A fact, by its key.
    Fact(&'static str),
    /// A line, by its place in the log.
    Line(usize),
}

/// Returns the first observation or fact that contradicts the mode. `None`: the mode is possible.
pub(crate) fn conflict(mode: &FaultMode, case: &Case<'_>) -> Option<Conflict> {
    if !mode.is_possible_in(case.target) {
        return Some(Conflict::Target);
    }
    let reading = conflicting_reading(mode, case).map(Conflict::Reading);
    reading.or_else(|| conflicting_fact(mode, case).map(|key| Conflict::Record(Record::Fact(key))))
}

/// Returns the place of the first reading that contradicts the mode.
fn conflicting_reading(mode: &FaultMode, case: &Case<'_>) -> Option<usize> {
    let all = &case.readings.all;
    let cannot_be = |reading: &Reading<'_>| {
        reading.is_firm() && !(edge_difference_is_allowed(mode, reading) && allows(mode, reading, case))
    };
    let unmet = |prediction: &Prediction| {
        let spoken = || (0..all.len()).filter(|at| all[*at].is_on(&prediction.on));
        let met = |at: usize| meets(prediction, &all[at], case);
        spoken().next().filter(|_| !spoken().any(met))
    };
    let at_least_one = || mode.predict.iter().filter(|one| one.some).find_map(unmet);
    all.iter().position(cannot_be).or_else(at_least_one)
}

/// Returns the key of the first fact of which the mode demands another value.
pub(super) fn conflicting_fact(mode: &FaultMode, case: &Case<'_>) -> Option<&'static str> {
    conflicting_facts(mode, case).next()
}

/// Returns the keys of the facts of which the mode demands another value.
pub(super) fn conflicting_facts(mode: &FaultMode, case: &Case<'_>) -> impl Iterator<Item = &'static str> {
    mode.facts.keys().filter_map(|key| case.fact(key)).filter(|fact| !mode.agrees(fact)).map(|fact| fact.key)
}
