//! The clock of one probe: when it started and when it must be over. Sits in `probe`; every wait goes through it.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{ErrorKind, TransportError};

/// Start and latest end of one probe.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    start: Instant,
    end: Instant,
    run_ends_first: bool,
}

impl Deadline {
    /// A probe that starts now and ends after `budget`, or with the run if that is sooner.
    pub(super) fn starting_now(budget: Duration, run_end: Instant) -> Self {
        let start = Instant::now();
        let own = start.checked_add(budget).unwrap_or(run_end);
        Self { start, end: own.min(run_end), run_ends_first: run_end < own }
    }

    /// Milliseconds since the start.
    pub(super) fn elapsed_ms(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1000.0
    }

    /// Whole milliseconds since the start.
    pub(super) fn at_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits for `future`; past the deadline gives an error of `kind`, or `BudgetSpent` where the run ended it.
    pub(super) async fn within<F: Future>(&self, future: F, kind: ErrorKind) -> Result<F::Output, TransportError> {
        timeout_at(self.end, future).await.map_err(|_| self.passed(kind))
    }

    /// The same start, with an end at most `limit` from now.
    pub(super) fn at_most(&self, limit: Duration) -> Self {
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
