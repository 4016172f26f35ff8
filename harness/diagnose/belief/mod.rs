//! The posterior of each hypothesis: the prior, times how well the model of the path predicts every reading.
//!
//! Start at [`Beliefs::of`].
//!
//! - `evidence`: what the probes of a run gave, reduced to what the model predicts
//! - `emission`: how likely a reading is, given how the request ended in the model
//! - `meanings`: which reasons a sentence can have
//! - `phrasing`: how far a system tells reasons apart in words
//! - `likelihood`: the sum over the traits of the system
//! - `hypothesis`: single faults, and an unknown fault at each stop
//! - `pairs`: two faults at once, where no single fault explains everything
//! - `posterior`: all hypotheses with their shares
//!
//! Invariant: only the walk of `predict` knows what a fault causes; this folder only compares.

mod emission;
mod evidence;
mod hypothesis;
mod likelihood;
mod meanings;
mod pairs;
mod phrasing;
mod posterior;

pub(in crate::diagnose) use hypothesis::Hypothesis;
pub(in crate::diagnose) use pairs::PairBelief;
pub(in crate::diagnose) use posterior::{Belief, Beliefs};
