//! What contradicts a fault.

use crate::diagnose::infer::case::Case;
use crate::diagnose::model::fault_mode::FaultMode;

/// Why a fault is impossible. Positions and keys only; `wording` makes the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
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

/// Returns the key of the first fact of which the mode demands another value.
pub(super) fn conflicting_fact(mode: &FaultMode, case: &Case<'_>) -> Option<&'static str> {
    conflicting_facts(mode, case).next()
}

/// Returns the keys of the facts of which the mode demands another value.
pub(super) fn conflicting_facts(mode: &FaultMode, case: &Case<'_>) -> impl Iterator<Item = &'static str> {
    mode.facts.keys().filter_map(|key| case.fact(key)).filter(|fact| !mode.agrees(fact)).map(|fact| fact.key)
}
