//! Renders a report. Computes nothing.

mod comparison;
mod gate;
mod hostile;
pub mod human;
pub mod json;
mod model;
mod part;
mod read;

#[cfg(test)]
mod human_properties;
#[cfg(test)]
mod human_tests;
#[cfg(test)]
mod samples;

pub use comparison::BaselineReport;
pub use gate::{Advice, CommandRun, GateReport, Revision, RollBack, RolledBack, SecondSmoke};
pub use model::{
    ExitReport, ProbeReport, Report, RunOutcome, SCHEMA, ScenarioReport, Signal, StepOutcome, StepReport, Timing, Try,
    Unread,
};
pub use part::{Kept, Shard};
pub use read::{ReadError, read};
