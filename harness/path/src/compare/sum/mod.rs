//! The sum over the traits of a system, exactly: how likely all readings are under one hypothesis.
//!
//! Start at [`likelihood`].
//!
//! - `decision`: how each request ends, by the values of the traits that decide it
//! - `tree`: decision trees over the traits
//! - `values`: the values of the traits that these trees ask for
//! - `setting`: one setting of the traits
//! - `so_far`: what some readings of an endpoint gave, in one setting
//! - `endpoint`: the sum over the traits of one endpoint
//! - `search`: the sum over all endpoints
//! - `memory`: results that these sums remember
//! - `shared`: what the hypotheses of one comparison share
//! - `likelihood`: how well a hypothesis predicts everything
//! - `at_best`: how likely a reading is at best, by itself

mod at_best;
mod decision;
mod endpoint;
mod likelihood;
mod memory;
mod search;
mod setting;
mod shared;
mod so_far;
mod tree;
mod values;

pub use at_best::at_best;
pub use decision::Decisions;
pub use likelihood::{Likelihood, likelihood};
pub use shared::Shared;
