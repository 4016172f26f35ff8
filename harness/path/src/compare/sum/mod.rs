//! The sum over the traits of a system, exactly: how likely all readings are under one hypothesis.
//!
//! Start at [`Search`].
//!
//! - `decision`: how each request ends, by the values of the traits that decide it
//! - `tree`: decision trees over the traits
//! - `values`: the values of the traits that these trees ask for
//! - `setting`: one setting of the traits
//! - `so_far`: what some readings of an endpoint gave, in one setting
//! - `endpoint`: the sum over the traits of one endpoint
//! - `search`: the sum over all endpoints
//! - `memory`: results that these sums remember

mod decision;
mod endpoint;
mod memory;
mod search;
mod setting;
mod so_far;
mod tree;
mod values;

pub use decision::Decisions;
pub(super) use search::Search;
pub(super) use so_far::{Fit, SoFar};
pub(super) use tree::Forest;
