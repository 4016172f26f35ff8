//! How long scenarios may be driven. Sits in `run`: once a step has failed, the last part of the budget is for the diagnosis.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// This part of a run's budget is kept for the diagnosis.
const KEPT: f64 = 1.0 / 3.0;

/// Shared by all scenarios of a run.
#[derive(Debug)]
pub(crate) struct Allowance {
    until: Instant,
    failing: AtomicBool,
}

impl Allowance {
    /// Of a run that begins now.
    pub(crate) fn of(run: Duration) -> Self {
        Self { until: Instant::now() + run.mul_f64(1.0 - KEPT), failing: AtomicBool::new(false) }
    }

    /// Tells it that there is something to be diagnosed.
    pub(crate) fn note_failure(&self) {
        self.failing.store(true, Ordering::Relaxed);
    }

    /// Whether there is time to wait so long and then try once more.
    pub(crate) fn allows(&self, pause: Duration) -> bool {
        Instant::now().checked_add(pause).is_some_and(|then| then < self.until)
    }

    /// Whether no further step should begin.
    pub(crate) fn is_spent(&self) -> bool {
        self.failing.load(Ordering::Relaxed) && Instant::now() >= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_kept_for_a_diagnosis_only_where_something_failed() {
        let (short, long) = (Allowance::of(Duration::ZERO), Allowance::of(Duration::from_secs(3600)));
        assert!(!short.is_spent(), "nothing failed");
        short.note_failure();
        long.note_failure();
        assert!(short.is_spent() && !long.is_spent());
    }
}
