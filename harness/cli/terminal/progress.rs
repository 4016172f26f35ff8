//! Live progress on a terminal's stderr; nothing anywhere else.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::run::Event;

/// One line that is redrawn, and gone at the end. Clones show the same line.
#[derive(Clone)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Shown only where a person looks at stderr.
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

    /// Does something else with the terminal, the line out of the way.
    pub(crate) fn aside<T>(&self, other: impl FnOnce() -> T) -> T {
        self.0.suspend(other)
    }

    /// Takes in what happened.
    pub(crate) fn tell(&self, event: &Event) {
        match event {
            Event::Started { steps } => self.0.set_length(*steps as u64),
            Event::StepStarted { step } => self.0.set_message(step.clone()),
            Event::StepEnded { .. } => self.0.inc(1),
            Event::DiagnosisStarted => self.0.set_message("asking why"),
            Event::Asking { probe } => self.0.set_message(format!("asking why: {probe}")),
            Event::Ended => self.0.finish_and_clear(),
        }
    }

    /// So many of so many are done.
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
