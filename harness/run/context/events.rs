//! What a run reports while it runs.

use crate::report::StepOutcome;

/// One event of a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The run started.
    Started {
        /// The number of steps.
        steps: usize,
    },
    /// A step started.
    StepStarted {
        /// `scenario/step`.
        step: String,
    },
    /// A step ended.
    StepEnded {
        /// `scenario/step`.
        step: String,
        /// How the step ended.
        outcome: StepOutcome,
    },
    /// The diagnosis started.
    DiagnosisStarted,
    /// The diagnosis sends a probe.
    Asking {
        /// The probe, as text.
        probe: String,
    },
    /// The run ended.
    Ended,
}

/// Receives the events of a run. Must not block.
pub type Listener<'a> = &'a (dyn Fn(&Event) + Send + Sync);
