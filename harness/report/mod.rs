//! Renders a report. Computes nothing.

mod gate;
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

pub use gate::{Advice, CommandRun, GateReport, Revision, RollBack, RolledBack, SecondSmoke};
pub use model::{
    ExitReport, ProbeReport, Report, RunOutcome, SCHEMA, ScenarioReport, Signal, StepOutcome, StepReport, Timing, Try,
    Unread,
};
