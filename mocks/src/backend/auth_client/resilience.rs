//! The token cache and the circuit breaker of the real client.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::client::Verdict;

/// The time for which a verdict is kept.
const TIME_TO_LIVE: Duration = Duration::from_secs(300);
/// The number of verdicts at which the cache is emptied.
const CAPACITY: usize = 10_000;

/// The token cache: verdicts by token, refusals included. No `Debug`: the keys are tokens.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<String, (Instant, Verdict)>>);

impl Cache {
    /// Returns the verdict on a token, while it is kept.
    pub(crate) fn get(&self, token: &str) -> Option<Verdict> {
        let verdicts = self.0.lock().expect("no holder panics");
        let (since, verdict) = verdicts.get(token)?;
        (since.elapsed() < TIME_TO_LIVE).then(|| verdict.clone())
    }

    /// Keeps the verdict on a token.
    pub(crate) fn put(&self, token: &str, verdict: Verdict) {
        let mut verdicts = self.0.lock().expect("no holder panics");
        if verdicts.len() == CAPACITY {
            verdicts.clear();
        }
        verdicts.insert(token.to_owned(), (Instant::now(), verdict));
    }
}

/// The number of failures in a row that open the breaker.
const THRESHOLD: u32 = 3;
/// The time for which the breaker stays open.
const OPEN_FOR: Duration = Duration::from_secs(10);

/// The circuit breaker around `/auth/validate`. After its open time it is half-open: the next call decides.
#[derive(Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    opened: Option<Instant>,
}

/// What a result changed in the breaker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    Opened,
    Unchanged,
}

impl Breaker {
    /// Reports whether a call may be made.
    pub(crate) fn lets_through(&self) -> bool {
        let state = self.0.lock().expect("no holder panics");
        state.opened.is_none_or(|since| since.elapsed() >= OPEN_FOR)
    }

    /// Counts the result of a call.
    pub(crate) fn record(&self, failed: bool) -> Recorded {
        let mut state = self.0.lock().expect("no holder panics");
        if !failed {
            *state = State::default();
            return Recorded::Unchanged;
        }
        state.failures += 1;
        if state.failures < THRESHOLD {
            return Recorded::Unchanged;
        }
        state.opened = Some(Instant::now());
        Recorded::Opened
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_in_a_row_open_the_breaker() {
        let breaker = Breaker::default();
        assert_eq!(breaker.record(true), Recorded::Unchanged);
        assert_eq!(breaker.record(true), Recorded::Unchanged);
        assert!(breaker.lets_through());
        assert_eq!(breaker.record(true), Recorded::Opened);
        assert!(!breaker.lets_through());
    }

    #[test]
    fn an_answer_in_between_restarts_the_count() {
        let breaker = Breaker::default();
        breaker.record(true);
        breaker.record(true);
        breaker.record(false);
        assert_eq!(breaker.record(true), Recorded::Unchanged);
        assert!(breaker.lets_through());
    }
}
