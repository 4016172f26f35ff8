//! Scenarios: what is driven, what must come of it, and what the twin must be found guilty of when it does not.

mod model;

pub use model::{Attribution, Behind, Expect, Scenario, Step};
