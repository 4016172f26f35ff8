//! The posterior of each hypothesis: the prior, times how well the model of the path predicts every reading.
//!
//! Start at [`Beliefs::of`].
//!
//! - `evidence`: what the probes of a run gave, reduced to what the model predicts
//! - `selection`: which readings count, and how much
//! - `emission`: how likely a reading is, given how the request ended in the model
//! - `meanings`: which reasons a sentence can have
//! - `manner`: how far the words, marks and status codes of a system mislead
//! - `phrasing`: how far a system tells reasons apart in words
//! - `likelihood`: how well a hypothesis predicts everything, and a bound that this does not exceed
//! - `search`: the sum over the traits of the system
//! - `memory`: results that this sum remembers
//! - `hypothesis`: single faults, and an unknown fault at each stop
//! - `pairs`: two faults at once, where no single fault explains everything
//! - `outlook`: how a probe that was not sent yet would end
//! - `posterior`: all hypotheses with their shares
//!
//! Invariant: only the walk of `predict` knows what a fault causes; this folder only compares.

mod emission;
mod evidence;
mod hypothesis;
mod likelihood;
mod manner;
mod meanings;
mod memory;
mod outlook;
mod pairs;
mod phrasing;
mod posterior;
mod search;
mod selection;
#[cfg(test)]
mod tests;

pub(in crate::diagnose) use evidence::{KeySetRead, Records};
pub(in crate::diagnose) use hypothesis::Hypothesis;
pub(in crate::diagnose) use meanings::reasons;
pub(in crate::diagnose) use outlook::{Asked, Outlook};
pub(in crate::diagnose) use pairs::PairBelief;
pub(in crate::diagnose) use posterior::{Belief, Beliefs, HOPELESS};
