//! What is kept of the calls, and what follows from it.
//!
//! - `call`: one call, in few bytes
//! - `ledger`: all calls, examples of failures, and leaks
//! - `latency`: histograms in a report, and merged
//! - `traits`: what the failed calls have in common; `fisher`: how probable that is by chance
//!
//! Invariant: this folder sends nothing and knows no target.

pub(crate) mod call;
mod fisher;
pub(crate) mod latency;
pub(crate) mod ledger;
pub(crate) mod traits;
