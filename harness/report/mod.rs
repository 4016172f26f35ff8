//! Renders a report. Computes nothing.

mod curl;
pub mod github;
mod hostile;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
mod model;
mod passage;
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

pub use model::{
    ExitReport, ProbeReport, Report, RunOutcome, SCHEMA, ScenarioReport, StepOutcome, StepReport, Timing, Unread,
};
pub use passage::{Blame, HopMark, Leg, LegKind, Passage};
