//! Compares what the model of the path predicts with the readings of a run.
//!
//! Start at [`sum::likelihood`].
//!
//! - `reading`: what the probes of a run gave, reduced to what the model predicts
//! - `emission`: how likely a reading is, given how the request ended in the model
//! - `meanings`: which reasons a sentence can have
//! - `manner`: how far the words, marks and status codes of a system mislead
//! - `phrasing`: how far a system tells reasons apart in words
//! - `startup`: what a service logs about its own start
//! - `sum`: the sum over the traits of the system
//! - `outlook`: how a probe that was not sent yet would end
//!
//! Invariant: only the walk of `predict` knows what a fault causes; this folder only compares.

pub(crate) mod emission;
pub(crate) mod manner;
pub(crate) mod meanings;
pub(crate) mod outlook;
pub(crate) mod phrasing;
pub(crate) mod reading;
pub(crate) mod startup;
pub(crate) mod sum;
