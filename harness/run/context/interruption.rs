//! Stops a run: the current step is dropped, further steps are skipped, and the report is still written.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::report::Signal;
use crate::run::context::exit_code::ExitCode;

/// The `finally` steps still have this time after a signal. A platform kills the process some seconds after SIGTERM.
const GRACE: Duration = Duration::from_secs(2);

/// The handle by which a run is stopped. Clones belong to the same run.
#[derive(Debug, Clone)]
pub struct Interruption(Arc<watch::Sender<State>>);

/// What came so far.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    came: Option<(Signal, Instant)>,
    is_hurried: bool,
}

impl Interruption {
    /// Stops the run. The first signal counts.
    pub fn interrupt(&self, signal: Signal) {
        self.0.send_if_modified(|now| now.came.is_none() && now.came.replace((signal, Instant::now())).is_none());
    }

    /// Ends what still cleans up after a signal, and skips the diagnosis: the report is made at once.
    pub fn hurry(&self) {
        self.0.send_modify(|now| now.is_hurried = true);
    }

    /// Reports whether the report is to be made at once.
    #[must_use]
    pub fn is_hurried(&self) -> bool {
        self.0.borrow().is_hurried
    }

    /// Returns the signal that stopped the run, if one did.
    #[must_use]
    pub fn signal(&self) -> Option<Signal> {
        self.0.borrow().came.map(|(signal, _)| signal)
    }

    /// Returns the output of `future`, or `None` if the run is stopped first.
    pub(crate) async fn or<F: Future>(&self, future: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            _ = self.came() => None,
            done = future => Some(done),
        }
    }

    /// Returns the output of a `future` that cleans up. After a signal it has a short time left, and none after the second.
    pub(crate) async fn or_soon<F: Future>(&self, future: F) -> Option<F::Output> {
        let soon = async {
            let late = self.came().await + GRACE;
            tokio::select! { () = sleep_until(late) => {}, () = self.hurried() => {} }
        };
        tokio::select! {
            biased;
            () = soon => None,
            done = future => Some(done),
        }
    }

    /// Waits for the first signal and returns when it came.
    pub(crate) async fn came(&self) -> Instant {
        let mut receiver = self.0.subscribe();
        // The sender lives as long as `self`, so this cannot fail.
        let state = receiver.wait_for(|now| now.came.is_some()).await;
        state.ok().and_then(|state| state.came).map_or_else(Instant::now, |(_, at)| at)
    }

    /// Waits for the second signal.
    pub(crate) async fn hurried(&self) {
        let _ = self.0.subscribe().wait_for(|now| now.is_hurried).await;
    }
}

impl Default for Interruption {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(State::default())))
    }
}

impl Signal {
    /// Returns the exit code of the program after this signal.
    #[must_use]
    pub const fn exit_code(self) -> ExitCode {
        match self {
            Self::Interrupt => ExitCode::Interrupted,
            Self::Terminate => ExitCode::Terminated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_signal_stops_every_wait() {
        let interruption = Interruption::default();
        assert_eq!(interruption.or(async { 1 }).await, Some(1));
        let other = interruption.clone();
        let stops = async {
            other.interrupt(Signal::Terminate);
            other.interrupt(Signal::Interrupt);
            std::future::pending::<()>().await;
        };
        let waits = interruption.or(std::future::pending::<()>());
        tokio::select! { () = stops => unreachable!(), stopped = waits => assert_eq!(stopped, None) }
        assert_eq!(interruption.signal(), Some(Signal::Terminate));
    }

    #[tokio::test]
    async fn a_second_signal_ends_what_cleans_up() {
        let interruption = Interruption::default();
        interruption.interrupt(Signal::Interrupt);
        let cleans_up = interruption.or_soon(std::future::pending::<()>());
        interruption.hurry();
        let ended = tokio::time::timeout(GRACE / 2, cleans_up).await;
        assert_eq!(ended, Ok(None), "it has no time left");
    }
}
