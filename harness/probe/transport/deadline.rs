//! The clock of one probe: when it started and when it must be over. Sits in `probe`; every wait goes through it.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::probe::{ErrorKind, TransportError};

/// Start and latest end of one probe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    start: Instant,
    end: Instant,
    run_ends_first: bool,
}

impl Deadline {
    /// A probe that starts now and ends after `budget`, or with the run if that is sooner.
    pub(crate) fn starting_now(budget: Duration, run_end: Instant) -> Self {
        let start = Instant::now();
        let own = start.checked_add(budget).filter(|own| *own <= run_end);
        Self { start, end: own.unwrap_or(run_end), run_ends_first: own.is_none() }
    }

    /// Milliseconds since the start.
    pub(crate) fn elapsed_ms(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1000.0
    }

    /// Whole milliseconds since the start.
    pub(crate) fn at_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits for `future`; past the deadline gives an error of `kind`, or `BudgetSpent` where the run ended it.
    pub(crate) async fn within<F: Future>(&self, future: F, kind: ErrorKind) -> Result<F::Output, TransportError> {
        timeout_at(self.end, future).await.map_err(|_| self.passed(kind))
    }

    /// The same start, with an end at most `limit` from now.
    pub(crate) fn at_most(&self, limit: Duration) -> Self {
        let end = Instant::now().checked_add(limit).unwrap_or(self.end);
        if self.end <= end { *self } else { Self { end, run_ends_first: false, ..*self } }
    }

    fn passed(&self, kind: ErrorKind) -> TransportError {
        let ms = self.end.duration_since(self.start).as_millis();
        if self.run_ends_first {
            let detail = format!("the run's budget ended this probe after {ms} ms");
            return TransportError { kind: ErrorKind::BudgetSpent, detail };
        }
        TransportError { kind, detail: format!("not done after {ms} ms") }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(10, 60, 10, ErrorKind::StreamTimeout)]
    #[case(60, 10, 10, ErrorKind::BudgetSpent)]
    fn a_probe_ends_with_its_budget_or_with_the_run(
        #[case] budget: u64,
        #[case] run: u64,
        #[case] expected: u64,
        #[case] kind: ErrorKind,
    ) {
        let run_end = Instant::now() + Duration::from_secs(run);
        let deadline = Deadline::starting_now(Duration::from_secs(budget), run_end);
        assert_eq!((deadline.end - deadline.start).as_secs_f64().round(), Duration::from_secs(expected).as_secs_f64());
        assert_eq!(deadline.passed(ErrorKind::StreamTimeout).kind, kind);
    }

    #[rstest]
    #[case(Duration::from_secs(1), ErrorKind::StreamTimeout)]
    #[case(Duration::MAX, ErrorKind::BudgetSpent)]
    fn a_nearer_end_never_lies_after_the_first(#[case] limit: Duration, #[case] kind: ErrorKind) {
        let run_end = Instant::now() + Duration::from_secs(5);
        let nearer = Deadline::starting_now(Duration::MAX, run_end).at_most(limit);
        assert!(nearer.end <= run_end);
        assert_eq!(nearer.passed(ErrorKind::StreamTimeout).kind, kind);
    }
}
