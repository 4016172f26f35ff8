//! Renders a report. Computes nothing.

mod model;

pub use model::{
    ExitReport, ProbeReport, Report, RunOutcome, SCHEMA, ScenarioReport, StepOutcome, StepReport, Timing, Unread,
};
