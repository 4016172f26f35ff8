//! Chooses a probe to repeat: one whose result may be an accident.

use crate::diagnose::infer::case::Case;
use crate::diagnose::model::probe_class::Place;
use crate::diagnose::readings::probe_result::Reading;
use crate::observe::{LatencyClass, Outcome};
use crate::probe::ProbeKey;
use crate::terms::Role;

/// The most attempts of one probe, the first included.
const TRIES: usize = 3;
/// The most attempts of a probe that succeeded while others failed.
const TRIES_OF_GOOD: usize = 2;
/// The most lost calls that one diagnosis repeats.
const LOST: usize = 4;

/// Returns the next probe to repeat, if repeating one is worthwhile.
pub(crate) fn doubtful(case: &Case<'_>) -> Option<ProbeKey> {
    let all = || case.readings.all.iter().filter(|reading| !is_a_steps_own(case, reading));
    let lost = all().filter(|reading| reading.is_lost() || !reading.lost.is_empty()).take(LOST);
    let mut lost = lost.filter(|reading| lost_alone(case, reading));
    // One failing and one successful call are enough to tell whether failures are intermittent.
    let first_of = |works: bool| all().filter(move |reading| divided(case, reading) && ok(reading) == works).take(1);
    let mut divided = first_of(false).chain(first_of(true)).filter(|reading| is_untried(reading));
    let slow = all().find(|reading| slow_once(reading));
    let chosen = lost.next().or_else(|| divided.next()).or(slow)?;
    Some(chosen.observation.probe.clone())
}

fn ok(reading: &Reading<'_>) -> bool {
    reading.observation.result == Outcome::Ok
}

fn is_untried(reading: &Reading<'_>) -> bool {
    !reading.varies() && reading.exchanges.len() < if ok(reading) { TRIES_OF_GOOD } else { TRIES }
}

/// Reports whether only a scenario can repeat the call: another step made what it needs.
fn is_a_steps_own(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let endpoint = case.target.endpoints.get(&reading.observation.probe.endpoint);
    endpoint.is_some_and(|endpoint| endpoint.role == Role::Open && !endpoint.past_edge)
}

/// Reports whether the connection was lost while most other calls to the same service got an answer.
fn lost_alone(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let here =
        |other: &&Reading<'_>| other.class.goes_through_the_backend() == reading.class.goes_through_the_backend();
    let beside = || case.readings.all.iter().filter(here);
    let lost = beside().filter(|other| other.is_lost()).count();
    reading.is_lost() && reading.exchanges.len() < TRIES && lost * 2 < beside().count()
}

/// Reports whether a health check was slow once: a service that was idle may need time for its first call.
fn slow_once(reading: &Reading<'_>) -> bool {
    let once = reading.exchanges.len() == 1 && ok(reading);
    once && reading.class.place == Place::AuthHealth && reading.observation.latency != LatencyClass::Fast
}

/// Reports whether a valid token succeeds at one endpoint and fails at another: either result may be intermittent.
fn divided(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let good =
        |other: &&Reading<'_>| other.class.place == Place::Protected && other.must_work() && other.class.same_user;
    let same_way = |other: &&Reading<'_>| good(other) && other.class.token_location == reading.class.token_location;
    // A call that lacks only its content was accepted, so it is not intermittent.
    let full = |other: &&Reading<'_>| other.observation.result != Outcome::Hollow;
    let some = |works: bool| case.readings.all.iter().filter(same_way).filter(full).any(|other| ok(other) == works);
    good(&reading) && full(&reading) && some(true) && some(false)
}
