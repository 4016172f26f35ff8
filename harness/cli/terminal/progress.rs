//! The progress line on stderr. Shown only on a terminal.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::terminal::output;
use crate::report::printable;
use crate::run::Event;

/// One line that is redrawn, and removed at the end. Clones show the same line.
#[derive(Clone)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Returns a progress line. It is hidden if stderr is not a terminal, or in CI.
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if std::io::stderr().is_terminal() && std::env::var_os("CI").is_none() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self(bar)
    }

    /// Hides the line while `other` uses the terminal.
    pub(crate) fn aside<T>(&self, other: impl FnOnce() -> T) -> T {
        self.0.suspend(other)
    }

    /// Shows an event of the run.
    pub(crate) fn tell(&self, event: &Event) {
        if self.0.is_hidden() {
            return;
        }
        match event {
            Event::Started { steps } => self.0.set_length(*steps as u64),
            Event::StepStarted { step } => self.0.set_message(printable(step, output::unicode())),
            Event::StepEnded { .. } => self.0.inc(1),
            Event::DiagnosisStarted => self.0.set_message("diagnosing"),
            Event::Asking { probe } => {
                self.0.set_message(printable(&format!("diagnosing: {probe}"), output::unicode()));
            }
            Event::Ended => self.0.finish_and_clear(),
        }
    }

    /// Shows that `done` of `all` are done.
    #[cfg(feature = "twin")]
    pub(crate) fn count(&self, done: usize, all: usize) {
        self.0.set_length(all as u64);
        self.0.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
