//! Renders a report. Computes nothing.

mod comparison;
mod curl;
mod gate;
pub mod github;
mod hostile;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
mod model;
mod part;
mod passage;
mod read;
pub mod schema;

#[cfg(test)]
mod github_tests;
#[cfg(test)]
mod html_tests;
#[cfg(test)]
mod human_tests;
#[cfg(test)]
mod junit_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;

pub use comparison::BaselineReport;
pub use gate::{Advice, CommandRun, GateReport, Revision, RollBack, RolledBack, SecondSmoke};
pub use model::{
    ExitReport, ProbeReport, Report, RunOutcome, SCHEMA, ScenarioReport, Signal, StepOutcome, StepReport, Timing, Try,
    Unread,
};
pub use part::{Kept, Shard};
pub use passage::{Blame, HopMark, Leg, LegKind, Passage};
pub use read::{ReadError, read};
