//! What happens in a run, as it happens. The one type between `run` and whoever shows progress.

use crate::report::StepOutcome;

/// One thing that happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The run begins.
    Started {
        /// Steps it will drive.
        steps: usize,
    },
    /// A step begins.
    StepStarted {
        /// `scenario/step`.
        step: String,
    },
    /// A step ended.
    StepEnded {
        /// `scenario/step`.
        step: String,
        /// How.
        outcome: StepOutcome,
    },
    /// The diagnosis begins.
    DiagnosisStarted,
    /// The diagnosis sends a probe.
    Asking {
        /// Which, in words.
        probe: String,
    },
    /// The run is over.
    Ended,
}

/// Whoever wants to know. Must not block.
pub type Listener<'a> = &'a (dyn Fn(&Event) + Send + Sync);
