//! After which event or frame a service said no more, though more was awaited: later streams wait less after it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::hang::{LEAST_ON_A_STREAM, Place};
use crate::config::Endpoint;
use crate::probe::transport::answer::Answer;
use crate::probe::transport::patience::Silence;
use crate::probe::{ErrorKind, Side};

/// The part of the limit of a probe that is waited after an event or frame that was the last one of another endpoint.
const PART_ELSEWHERE: u32 = 4;
/// How many names are remembered for one address of a service, and their longest, in bytes.
const MOST: usize = 32;
const LONGEST: usize = 64;

/// How the streams of one address of a service went on, by the names of their events and frames.
#[derive(Debug, Default)]
pub(super) struct LastWords {
    by_place: BTreeMap<Place, Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// The names after which nothing came, with the endpoints, and whether the probe waited until its limit.
    last: BTreeMap<String, Vec<(String, bool)>>,
    /// The names after which something came.
    followed: BTreeSet<String>,
    /// The longest silence that the service broke.
    longest: Duration,
}

impl LastWords {
    /// Returns the silence after this name with which a probe of this endpoint gives up, if it is shorter than `limit`, the
    /// limit of one probe.
    pub(super) fn silence(&self, place: Place, endpoint: &Endpoint, after: &str, limit: Duration) -> Option<Silence> {
        let known = self.by_place.get(&place)?;
        let by = known.last.get(after).filter(|_| !known.followed.contains(after))?;
        let waited_here = by.contains(&(endpoint.id.clone(), true));
        let wait = if waited_here { LEAST_ON_A_STREAM } else { limit / PART_ELSEWHERE };
        let (wait, because) = (wait.max(known.longest), by[0].0.clone());
        (wait < limit).then(|| Silence { after: after.to_owned(), wait, because })
    }

    /// Learns from a stream or socket.
    pub(super) fn learn(&mut self, place: Place, endpoint: &Endpoint, answer: &Answer) {
        let said: Vec<(u64, &str)> = said(answer);
        let Some((&(_, last), before)) = said.split_last() else { return };
        let known = self.by_place.entry(place).or_default();
        let gaps = said.iter().scan(0, |at, (next, _)| Some(next.saturating_sub(std::mem::replace(at, *next))));
        known.longest = known.longest.max(Duration::from_millis(gaps.max().unwrap_or(0)));
        for (_, name) in before {
            if known.followed.len() < MOST && name.len() <= LONGEST {
                known.followed.insert((*name).to_owned());
            }
        }
        let is_full = known.followed.len() >= MOST || known.last.len() >= MOST;
        if let Some(waited) = in_vain(endpoint, answer, last).filter(|_| !is_full && last.len() <= LONGEST) {
            known.last.entry(last.to_owned()).or_default().push((endpoint.id.clone(), waited));
        }
    }
}

/// Returns when the server said what: the milliseconds and the name of each event or frame.
fn said(answer: &Answer) -> Vec<(u64, &str)> {
    let events = answer.events.iter().map(|event| (event.at_ms, event.name.as_str()));
    let frames = answer.frames.iter().filter(|frame| frame.from == Side::Server);
    events.chain(frames.map(|frame| (frame.at_ms, frame.name.as_str()))).collect()
}

/// Returns whether the probe waited until its limit, or `None` if it got all that it waited for. A stream that broke says
/// nothing about the next one.
fn in_vain(endpoint: &Endpoint, answer: &Answer, last: &str) -> Option<bool> {
    match &answer.error {
        Some(error) => (error.kind == ErrorKind::StreamTimeout).then_some(true),
        None => {
            let awaited = endpoint.accept.terminal_event.as_deref()?;
            (answer.close.is_none() && !last.is_empty() && last != awaited).then_some(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::endpoint;
    use crate::probe::{Frame, StreamEvent, TransportError};

    const LIMIT: Duration = Duration::from_secs(15);
    const SOCKET: &str = "backend.websocket";
    const STREAM: &str = "backend.chat-stream";

    fn place() -> Place {
        (crate::terms::Service::Backend, false)
    }

    fn socket(names: &[(u64, &str)], kind: Option<ErrorKind>) -> Answer {
        let frame =
            |&(at_ms, name): &(u64, &str)| Frame { at_ms, from: Side::Server, name: name.into(), data: String::new() };
        let error = kind.map(|kind| TransportError { kind, detail: String::new() });
        Answer { frames: names.iter().map(frame).collect(), error, ..Answer::default() }
    }

    fn stream(names: &[(u64, &str)]) -> Answer {
        let event = |&(at_ms, name): &(u64, &str)| StreamEvent { at_ms, name: name.into(), data: String::new() };
        Answer { events: names.iter().map(event).collect(), ..Answer::default() }
    }

    fn waits(learnt: &[(&str, Answer)], on: &str) -> Vec<(String, u64)> {
        let mut words = LastWords::default();
        learnt.iter().for_each(|(id, answer)| words.learn(place(), &endpoint(id), answer));
        let names = learnt.iter().flat_map(|(_, answer)| said(answer)).map(|(_, name)| name).collect::<BTreeSet<_>>();
        let silences = names.into_iter().filter_map(|name| words.silence(place(), &endpoint(on), name, LIMIT));
        silences.map(|one| (one.after, one.wait.as_millis() as u64)).collect()
    }

    const TIMEOUT: Option<ErrorKind> = Some(ErrorKind::StreamTimeout);

    #[rstest]
    #[case::here(SOCKET, socket(&[(1, "hello"), (300, "error")], TIMEOUT), &[("error", 1200)])]
    #[case::as_long_as_a_pause(SOCKET, socket(&[(1, "hello"), (2001, "error")], TIMEOUT), &[("error", 2000)])]
    #[case::elsewhere(STREAM, stream(&[(1, "hello"), (300, "error")]), &[("error", 3750)])]
    #[case::all_that_was_awaited(STREAM, stream(&[(1, "hello"), (300, "stream_end")]), &[])]
    #[case::usual(SOCKET, socket(&[(1, "tick"), (2, "tick")], TIMEOUT), &[])]
    #[case::broken(SOCKET, socket(&[(1, "hello"), (2, "error")], Some(ErrorKind::ConnectionTerminated)), &[])]
    #[case::without_frames(SOCKET, socket(&[], TIMEOUT), &[])]
    fn less_is_waited_after_a_last_word(#[case] on: &str, #[case] answer: Answer, #[case] expected: &[(&str, u64)]) {
        let expected: Vec<(String, u64)> = expected.iter().map(|(after, ms)| ((*after).to_owned(), *ms)).collect();
        assert_eq!(waits(&[(on, answer)], SOCKET), expected);
    }

    #[test]
    fn what_something_followed_is_no_last_word() {
        let ended = (STREAM, stream(&[(1, "hello"), (300, "started")]));
        let went_on = (SOCKET, socket(&[(1, "started"), (2, "done")], None));
        assert_eq!(waits(&[ended, went_on], SOCKET), []);
    }

    #[test]
    fn a_hostile_server_fills_no_memory() {
        let names: Vec<String> = (0..500).map(|n| format!("n{n}")).collect();
        let many: Vec<(&str, Answer)> =
            names.iter().map(|name| (SOCKET, socket(&[(1, "a"), (2, name)], TIMEOUT))).collect();
        assert!(waits(&many, SOCKET).len() <= MOST);
    }
}
