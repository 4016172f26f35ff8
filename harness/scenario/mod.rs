//! Scenarios: what is driven, what must come of it, and what the twin must be found guilty of when it does not.

mod captures;
mod check;
mod files;
mod model;
mod parse;
mod unfold;
mod written;

pub use crate::target::ConfigError as ScenarioError;
pub use files::{embedded, read_dir};
pub use model::{Attribution, Behind, Expect, Scenario, Step};
