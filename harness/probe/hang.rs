//! What a run learns about services that do not answer: later probes of such a service wait less.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::last_word::LastWords;
use crate::config::Endpoint;
use crate::probe::ErrorKind;
use crate::probe::transport::answer::Answer;
use crate::probe::transport::patience::{Patience, Silence};
use crate::terms::{Role, Service};

/// The part of the limit of a probe that a service which is known to hang still gets, less with each hang.
const PART: u32 = 30;
/// The same where other endpoints of the service hung, and not its health check.
const PART_ELSEWHERE: u32 = 8;
/// The shortest wait for a response, unless the limit of a probe is shorter.
const LEAST: Duration = Duration::from_millis(300);
/// The same for the first event or frame of an open stream. The diagnosis takes a shorter silence for a failure at once.
pub(super) const LEAST_ON_A_STREAM: Duration = Duration::from_millis(1200);

/// What a client waits for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Awaited {
    /// The status line.
    Response,
    /// The first event or frame of an open stream.
    Content,
}

/// One address of a service: through the edge, or around it.
pub(super) type Place = (Service, bool);

/// The hangs of one run.
#[derive(Debug, Default)]
pub(super) struct Hangs(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// The endpoints that hung, in order, with repetitions.
    hung: BTreeMap<(Place, Awaited), Vec<String>>,
    /// The longest that a response of the service took.
    slowest: BTreeMap<Place, Duration>,
    health: BTreeMap<Place, String>,
    last_words: LastWords,
}

impl Hangs {
    /// Returns how long a probe of this endpoint may wait. `limit` is the limit of one probe.
    pub(super) fn patience(&self, endpoint: &Endpoint, limit: Duration) -> Patience {
        let known = self.known();
        let [response, content] = [Awaited::Response, Awaited::Content].map(|one| known.wait(endpoint, one, limit));
        let because = [&response, &content].iter().find_map(|one| one.1.clone());
        Patience { response: response.0, content: content.0, because }
    }

    /// Returns how long a probe of this endpoint waits after an event or frame of this name, if that is less than its limit.
    pub(super) fn silence(&self, endpoint: &Endpoint, after: &str, limit: Duration) -> Option<Silence> {
        self.known().last_words.silence(place(endpoint), endpoint, after, limit)
    }

    /// Learns from the answer of a probe that had this patience.
    pub(super) fn learn(&self, endpoint: &Endpoint, answer: &Answer) {
        let mut known = self.known();
        let place = place(endpoint);
        if let Some(ms) = answer.phases.first_byte_ms {
            let took = Duration::from_secs_f64(ms.max(0.0) / 1000.0);
            let slowest = known.slowest.entry(place).or_default();
            *slowest = took.max(*slowest);
        }
        if endpoint.role == Role::Health {
            known.health.insert(place, endpoint.id.clone());
        }
        known.last_words.learn(place, endpoint, answer);
        if let Some(awaited) = in_vain(answer) {
            known.hung.entry((place, awaited)).or_default().push(endpoint.id.clone());
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Returns the wait, and the endpoint that hung before. A service hangs if this endpoint, its health check or two
    /// endpoints did. What it took to answer others is allowed twice.
    fn wait(&self, endpoint: &Endpoint, awaited: Awaited, limit: Duration) -> (Duration, Option<String>) {
        let place = place(endpoint);
        let Some(hung) = self.hung.get(&(place, awaited)) else { return (limit, None) };
        let did = |id: &String| hung.contains(id);
        let first = &hung[0];
        let part = if did(&endpoint.id) || self.health.get(&place).is_some_and(did) {
            PART
        } else if hung.iter().any(|other| other != first) {
            PART_ELSEWHERE
        } else {
            return (limit, None);
        };
        let again = u32::try_from(hung.len()).unwrap_or(u32::MAX).saturating_mul(2);
        let least = if awaited == Awaited::Response { LEAST } else { LEAST_ON_A_STREAM };
        let usual = self.slowest.get(&place).copied().unwrap_or_default().saturating_mul(2);
        let wait = (limit / part.saturating_add(again)).max(least).max(usual).min(limit);
        (wait, (wait < limit).then(|| first.clone()))
    }
}

fn place(endpoint: &Endpoint) -> Place {
    (endpoint.service, endpoint.past_edge)
}

/// Returns what the probe waited for until its limit.
fn in_vain(answer: &Answer) -> Option<Awaited> {
    let kind = answer.error.as_ref()?.kind;
    let is_silent = || answer.events.is_empty() && answer.received() == 0;
    match kind {
        ErrorKind::HttpResponseTimeout | ErrorKind::ConnectionTimeout => Some(Awaited::Response),
        ErrorKind::StreamTimeout if is_silent() => Some(Awaited::Content),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::endpoint;
    use crate::probe::{Phases, TransportError};

    const LIMIT: Duration = Duration::from_secs(15);
    const ONE: &str = "backend.chat-messages";
    const OTHER: &str = "backend.threads";
    const HEALTH: &str = "backend.health";
    const AUTH: &str = "auth.verify";

    fn ended(kind: ErrorKind) -> Answer {
        Answer::failed(TransportError { kind, detail: "not done".to_owned() })
    }

    fn after(hung: &[&str]) -> Hangs {
        let hangs = Hangs::default();
        hung.iter().for_each(|id| hangs.learn(&endpoint(id), &ended(ErrorKind::HttpResponseTimeout)));
        hangs
    }

    #[rstest]
    #[case::nothing_hung(&[], ONE, false)]
    #[case::the_same(&[ONE], ONE, true)]
    #[case::one_other(&[ONE], OTHER, false)]
    #[case::one_other_twice(&[ONE, ONE], OTHER, false)]
    #[case::two_others(&[ONE, "backend.websocket"], OTHER, true)]
    #[case::the_health_check(&[HEALTH], OTHER, true)]
    #[case::another_service(&[HEALTH, ONE, OTHER], AUTH, false)]
    fn a_service_that_hung_gets_less_time(#[case] hung: &[&str], #[case] on: &str, #[case] shorter: bool) {
        let patience = after(hung).patience(&endpoint(on), LIMIT);
        assert_eq!((patience.response < LIMIT, patience.because.is_some()), (shorter, shorter), "{patience:?}");
        assert_eq!(patience.content, LIMIT, "no stream was silent");
    }

    #[test]
    fn all_later_waits_together_stay_below_the_limit() {
        let hangs = after(&[HEALTH]);
        let waits = (0..11).map(|_| {
            let wait = hangs.patience(&endpoint(ONE), LIMIT).response;
            hangs.learn(&endpoint(ONE), &ended(ErrorKind::HttpResponseTimeout));
            wait
        });
        assert!(waits.sum::<Duration>() < LIMIT);
    }

    #[test]
    fn a_service_that_answers_slowly_elsewhere_gets_its_time() {
        let hangs = after(&[ONE]);
        let phases = Phases { first_byte_ms: Some(4000.0), ..Phases::default() };
        hangs.learn(&endpoint(OTHER), &Answer { phases, ..Answer::default() });
        assert_eq!(hangs.patience(&endpoint(ONE), LIMIT).response, Duration::from_secs(8));
    }

    #[test]
    fn a_limit_is_never_extended() {
        let limit = Duration::from_millis(200);
        let patience = after(&[ONE]).patience(&endpoint(ONE), limit);
        assert_eq!(patience, Patience { response: limit, content: limit, because: None });
    }

    #[test]
    fn a_shortened_wait_is_explained() {
        let mut error = ended(ErrorKind::HttpResponseTimeout).error.expect("it failed");
        after(&[ONE]).patience(&endpoint(ONE), LIMIT).explain(&mut error, false, LIMIT);
        let said = "not done; backend.chat-messages had not answered in 15000 ms, so this probe waited 468 ms only";
        assert_eq!(error.detail, said);
    }
}
