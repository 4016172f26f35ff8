//! Renders a report. Computes nothing.

pub mod github;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
mod model;
mod text;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;

pub use crate::report::model::comparison::BaselineReport;
pub use crate::report::model::gate::{Advice, CommandRun, GateReport, Revision, RollBack, RolledBack, SecondSmoke};
pub use crate::report::model::part::{Kept, Shard};
pub use crate::report::model::passage::{Blame, HopMark, Leg, LegKind, Passage};
pub use crate::report::model::read::{ReadError, read};
pub use crate::report::model::schema;
pub use model::{
    ExitReport, ProbeReport, Report, RunOutcome, SCHEMA, ScenarioReport, Signal, StepOutcome, StepReport, Timing, Try,
    Unread,
};
