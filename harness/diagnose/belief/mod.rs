//! The posterior of each hypothesis: the prior, times how well the model of the path predicts every reading.
//!
//! Start at [`Beliefs::of`].
//!
//! - `declared`: what a target declares, as the model takes it
//! - `evidence`: what the probes of a run gave, reduced to what the model predicts
//! - `selection`: which readings count, and how much
//! - `late`: which failures were late
//! - `hypothesis`: single faults, and an unknown fault at each stop
//! - `pairs`: two faults at once, where no single fault explains everything
//! - `outlook`: how a probe that was not sent yet would end
//! - `foreseen`: how every kind of probe ends where a fault shows
//! - `posterior`: all hypotheses with their shares
//! - `walked`: how requests end under each set of changes
//!
//! The model itself is the crate `fivewhys_path` in `harness/path`: its `compare` sums the likelihood of one hypothesis.
//!
//! Invariant: only the walk of that crate knows what a fault causes.

mod declared;
mod evidence;
mod foreseen;
mod hypothesis;
mod late;
mod outlook;
mod pairs;
mod posterior;
mod selection;
#[cfg(test)]
mod tests;
mod walked;

pub(in crate::diagnose) use declared::{topology, topology_seeing};
pub(in crate::diagnose) use evidence::{InnerCall, Records, evidence};
pub(in crate::diagnose) use foreseen::Foreseen;
pub(in crate::diagnose) use hypothesis::Hypothesis;
pub(in crate::diagnose) use outlook::{Asked, outlook};
pub(in crate::diagnose) use pairs::PairBelief;
pub(in crate::diagnose) use posterior::{Belief, Beliefs, HOPELESS};
