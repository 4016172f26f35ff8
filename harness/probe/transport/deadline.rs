//! The clock of one probe: when it started and when it must end. Every wait of a probe uses it.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::probe::transport::patience::Patience;
use crate::probe::{ErrorKind, TransportError};

/// Start and latest end of one probe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    start: Instant,
    end: Instant,
    run_ends_first: bool,
    /// When the status line must have come.
    response: Option<Instant>,
    /// When the first event or frame must have come.
    content: Option<Instant>,
}

impl Deadline {
    /// Returns the deadline of a probe that starts now and ends after `budget`, or with the run if that is sooner.
    pub(crate) fn starting_now(budget: Duration, run_end: Instant) -> Self {
        let start = Instant::now();
        let own = start.checked_add(budget).filter(|own| *own <= run_end);
        Self { start, end: own.unwrap_or(run_end), run_ends_first: own.is_none(), response: None, content: None }
    }

    /// Returns the deadline of a probe that waits less for the start of the response or of its content.
    pub(crate) fn with_patience(self, patience: &Patience) -> Self {
        let by = |wait: Duration| self.start.checked_add(wait).filter(|by| *by < self.end);
        Self { response: by(patience.response), content: by(patience.content), ..self }
    }

    /// Returns the deadline for the first event or frame.
    pub(crate) fn for_content(self) -> Self {
        self.content.map_or(self, |end| Self { end, run_ends_first: false, ..self })
    }

    /// Returns when the probe must have ended.
    pub(crate) const fn end(&self) -> Instant {
        self.end
    }

    /// Returns the milliseconds since the start.
    pub(crate) fn elapsed_ms(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1000.0
    }

    /// Returns the whole milliseconds since the start.
    pub(crate) fn at_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits for `future`. After the deadline it returns an error of `kind`, or `BudgetSpent` if the run ends first.
    pub(crate) async fn within<F: Future>(&self, future: F, kind: ErrorKind) -> Result<F::Output, TransportError> {
        let bound = self.for_kind(kind);
        // A future that is always ready would never let the timer fire.
        if Instant::now() >= bound.end {
            return Err(bound.passed(kind));
        }
        timeout_at(bound.end, future).await.map_err(|_| bound.passed(kind))
    }

    /// Returns the deadline for a wait whose end in vain is an error of this kind.
    fn for_kind(&self, kind: ErrorKind) -> Self {
        let sooner = self.response.filter(|end| kind.is_before_the_response() && *end < self.end);
        sooner.map_or(*self, |end| Self { end, run_ends_first: false, ..*self })
    }

    /// Returns a deadline with the same start and an end at most `limit` from now.
    pub(crate) fn at_most(&self, limit: Duration) -> Self {
        self.at_most_from(Instant::now(), limit)
    }

    /// Returns a deadline with the same start and an end at most `limit` from `since`.
    pub(crate) fn at_most_from(&self, since: Instant, limit: Duration) -> Self {
        let end = since.checked_add(limit).unwrap_or(self.end);
        if self.end <= end { *self } else { Self { end, run_ends_first: false, ..*self } }
    }

    /// Returns the error of a wait that lasted until the deadline.
    pub(crate) fn passed(&self, kind: ErrorKind) -> TransportError {
        let ms = self.end.duration_since(self.start).as_millis();
        if self.run_ends_first {
            let detail = format!("the budget of the run ended this probe after {ms} ms");
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
    fn a_limit_never_extends_the_deadline(#[case] limit: Duration, #[case] kind: ErrorKind) {
        let run_end = Instant::now() + Duration::from_secs(5);
        let nearer = Deadline::starting_now(Duration::MAX, run_end).at_most(limit);
        assert!(nearer.end <= run_end);
        assert_eq!(nearer.passed(ErrorKind::StreamTimeout).kind, kind);
    }
}
