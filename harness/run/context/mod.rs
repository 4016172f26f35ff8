//! What a run is given, what it gathers, and how it can end.
//!
//! Start at [`smoke::Smoke`], the input of a run.
//!
//! - `smoke`, `conduct`, `by_hand`: what to run, how to run it, and what the operator adds
//! - `order`, `shard`: the order of the scenarios, and a part of them
//! - `credentials`: the tokens and secrets for `probe`, from the target
//! - `record`: the exchanges and observations so far
//! - `events`: what a run reports while it runs
//! - `interruption`: stops a run
//! - `lost_connection`: whether a request whose connection was lost is sent once more
//! - `exit_code`: the exit codes of the program
//!
//! Invariant: this folder never sends a probe.

pub(crate) mod by_hand;
pub(crate) mod conduct;
pub(crate) mod credentials;
pub(crate) mod events;
pub(crate) mod exit_code;
pub(crate) mod interruption;
pub(crate) mod lost_connection;
pub(crate) mod order;
pub(crate) mod record;
pub(crate) mod shard;
pub(crate) mod smoke;
