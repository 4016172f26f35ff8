//! The library: what a user's own tests call.
//!
//! Start at [`Smoke`]: it drives [`Scenario`]s against a [`Target`] and returns a [`Report`] with its causes.
//!
//! - `target`: a deployment under test, from a target file or from the environment
//! - `scenario`: what is driven
//! - `smoke`: one run
//! - `report`: how the run ended; `verdict`: its causes and findings
//! - `twin`: the offline twin (feature `twin`)
//! - `scenario_tests`: one test per scenario, for a test binary with `harness = false`
//! - `error`: what went wrong before a run could start
//!
//! Invariant: this folder holds no logic of its own, and no other folder depends on it.

mod error;
mod report;
mod scenario;
mod scenario_tests;
mod smoke;
mod target;
#[cfg(feature = "twin")]
mod twin;
mod verdict;

pub use error::Error;
pub use report::{Outcome, Report, StepResult};
pub use scenario::Scenario;
pub use scenario_tests::scenario_tests;
#[doc(hidden)]
pub use scenario_tests::trials;
pub use smoke::Smoke;
pub use target::Target;
#[cfg(feature = "twin")]
pub use twin::{Twin, TwinBuilder};
pub use verdict::{Cause, Finding};

pub use crate::diagnose::Certainty;
pub use crate::terms::Hop;
