//! The time for steps. Once a step has failed, the last part of the run budget is reserved for the diagnosis.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The part of the run budget that is reserved for the diagnosis.
const KEPT: f64 = 1.0 / 3.0;

/// The time for steps, shared by all scenarios of a run.
#[derive(Debug)]
pub(crate) struct Allowance {
    until: Instant,
    failing: AtomicBool,
}

impl Allowance {
    /// Returns the allowance of a run that starts now.
    pub(crate) fn of(run: Duration) -> Self {
        Self { until: Instant::now() + run.mul_f64(1.0 - KEPT), failing: AtomicBool::new(false) }
    }

    /// Notes that a step failed, so that a diagnosis follows.
    pub(crate) fn note_failure(&self) {
        self.failing.store(true, Ordering::Relaxed);
    }

    /// Reports whether there is time for this pause and one more try.
    pub(crate) fn allows(&self, pause: Duration) -> bool {
        Instant::now().checked_add(pause).is_some_and(|then| then < self.until)
    }

    /// Reports whether no further step may start.
    pub(crate) fn is_spent(&self) -> bool {
        self.failing.load(Ordering::Relaxed) && Instant::now() >= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_reserved_for_a_diagnosis_only_after_a_failure() {
        let (short, long) = (Allowance::of(Duration::ZERO), Allowance::of(Duration::from_secs(3600)));
        assert!(!short.is_spent(), "no step failed");
        short.note_failure();
        long.note_failure();
        assert!(short.is_spent() && !long.is_spent());
    }
}
