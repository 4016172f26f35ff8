//! Which probe to send once more: one whose answer may be an accident. Sits in `diagnose`, used by `plan`.

use super::case::Case;
use super::cell::Place;
use super::reading::Reading;
use crate::observe::Outcome;
use crate::probe::ProbeKey;
use crate::target::Role;

/// Tries of one probe, the first included.
const TRIES: usize = 3;
/// Tries of a probe that went through while others did not.
const TRIES_OF_GOOD: usize = 2;
/// Repetitions one diagnosis asks for.
const REPEATS: usize = 6;

/// The next probe to repeat, if one is worth it.
pub(super) fn doubtful(case: &Case<'_>) -> Option<ProbeKey> {
    let repeats: usize = case.readings.all.iter().map(|reading| reading.exchanges.len() - 1).sum();
    let worth =
        |reading: &&Reading<'_>| is_repeatable(case, reading) && (lost_alone(case, reading) || divided(case, reading));
    let first = case.readings.all.iter().filter(|_| repeats < REPEATS).find(worth)?;
    Some(first.observation.probe.clone())
}

/// Only a scenario knows how to call an open surface: which message is to be read, what may be deleted.
fn is_repeatable(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let surface = case.target.surfaces.get(&reading.observation.probe.surface);
    surface.is_some_and(|surface| surface.role != Role::Open)
}

/// A connection lost where most others to the same service got an answer.
fn lost_alone(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let here = |other: &&Reading<'_>| other.cell.goes_through_the_backend() == reading.cell.goes_through_the_backend();
    let beside = || case.readings.all.iter().filter(here);
    let lost = beside().filter(|other| other.is_lost()).count();
    reading.is_lost() && reading.exchanges.len() < TRIES && lost * 2 < beside().count()
}

/// The same good token goes through on one surface and not on another: both may be a matter of luck.
fn divided(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let good = |other: &&Reading<'_>| other.cell.place == Place::Protected && other.must_work() && other.cell.same_user;
    let same_way = |other: &&Reading<'_>| good(other) && other.cell.carrier == reading.cell.carrier;
    let ok = |other: &Reading<'_>| other.observation.result == Outcome::Ok;
    // What lacks its content was let in, and is not a matter of luck.
    let full = |other: &&Reading<'_>| other.observation.result != Outcome::Hollow;
    let some = |works: bool| case.readings.all.iter().filter(same_way).filter(full).any(|other| ok(other) == works);
    let tries = if ok(reading) { TRIES_OF_GOOD } else { TRIES };
    good(&reading) && full(&reading) && !reading.mixed && reading.exchanges.len() < tries && some(true) && some(false)
}
