//! The circuit breaker around `/auth/validate`: three failures in a row open it for ten seconds.

use std::sync::Mutex;
use std::time::{Duration, Instant};

const THRESHOLD: u32 = 3;
const OPEN_FOR: Duration = Duration::from_secs(10);

/// Closed, open, and after ten seconds half-open: the next call decides.
#[derive(Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    opened: Option<Instant>,
}

/// What recording a result changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    Opened,
    Unchanged,
}

impl Breaker {
    /// False while open.
    pub(super) fn lets_through(&self) -> bool {
        let state = self.0.lock().expect("no holder panics");
        state.opened.is_none_or(|since| since.elapsed() >= OPEN_FOR)
    }

    pub(super) fn record(&self, failed: bool) -> Recorded {
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
    fn three_failures_in_a_row_open_it() {
        let breaker = Breaker::default();
        assert_eq!(breaker.record(true), Recorded::Unchanged);
        assert_eq!(breaker.record(true), Recorded::Unchanged);
        assert!(breaker.lets_through());
        assert_eq!(breaker.record(true), Recorded::Opened);
        assert!(!breaker.lets_through());
    }

    #[test]
    fn an_answer_in_between_starts_the_count_again() {
        let breaker = Breaker::default();
        breaker.record(true);
        breaker.record(true);
        breaker.record(false);
        assert_eq!(breaker.record(true), Recorded::Unchanged);
        assert!(breaker.lets_through());
    }
}
