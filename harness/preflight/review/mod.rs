//! What every check uses: the manifests with the contract, and how to state a problem.
//!
//! Start at [`Review`].
//!
//! - `review`: the manifests, the contract and the target; it starts a problem
//! - `problem`: a problem; `checks.toml` has a row for each check
//! - `repair`: the command or the edit that repairs a problem
//!
//! Invariant: nothing here decides whether something is a problem.

mod problem;
mod repair;
#[expect(clippy::module_inception, reason = "the folder's main type")]
mod review;

pub(crate) use problem::{Check, FaultRef, Problem, Setting, Severity};
pub(crate) use repair::{command, repairs};
pub(crate) use review::Review;
