//! Compares what the model of the path predicts with the readings of a run.
//!
//! Start at [`likelihood::likelihood`].
//!
//! - `reading`: what the probes of a run gave, reduced to what the model predicts
//! - `emission`: how likely a reading is, given how the request ended in the model
//! - `at_best`: how likely a reading is at best, by itself
//! - `meanings`: which reasons a sentence can have
//! - `manner`: how far the words, marks and status codes of a system mislead
//! - `phrasing`: how far a system tells reasons apart in words
//! - `likelihood`: how well a hypothesis predicts everything
//! - `startup`: what a service logs about its own start
//! - `sum`: the sum over the traits of the system
//! - `outlook`: how a probe that was not sent yet would end
//!
//! Invariant: only the walk of `predict` knows what a fault causes; this folder only compares.

pub(crate) mod at_best;
pub(crate) mod emission;
pub(crate) mod likelihood;
pub(crate) mod manner;
pub(crate) mod meanings;
pub(crate) mod outlook;
pub(crate) mod phrasing;
pub(crate) mod reading;
pub(crate) mod startup;
pub(crate) mod sum;
