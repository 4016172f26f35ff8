//! Renders a report. Computes nothing.

mod hostile;
pub mod human;
pub mod json;
mod model;

#[cfg(test)]
mod human_properties;
#[cfg(test)]
mod human_tests;
#[cfg(test)]
mod samples;

pub use model::{
    ExitReport, ProbeReport, Report, RunOutcome, SCHEMA, ScenarioReport, StepOutcome, StepReport, Timing, Unread,
};
