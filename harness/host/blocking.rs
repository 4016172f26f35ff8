//! Blocking work with a deadline, which also ends when the program is stopped.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use crate::host::group::{PAUSE, is_stopped};

/// Why blocking work was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GivenUp {
    TimedOut,
    /// A signal ends the program.
    Stopped,
}

/// Returns what `work` returns. It runs on a thread of its own, which stays behind if the deadline passes first.
///
/// # Errors
/// When the deadline passes or the program is stopped.
pub(crate) fn within<T: Send + 'static>(
    deadline: Instant,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, GivenUp> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let _ = sender.send(work());
    });
    loop {
        match receiver.recv_timeout(PAUSE) {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Disconnected) => return Err(GivenUp::TimedOut),
            Err(RecvTimeoutError::Timeout) => still(deadline)?,
        }
    }
}

/// Checks that there is time left and that the program is not stopped.
pub(crate) fn still(deadline: Instant) -> Result<(), GivenUp> {
    if is_stopped() {
        return Err(GivenUp::Stopped);
    }
    if Instant::now() < deadline { Ok(()) } else { Err(GivenUp::TimedOut) }
}
