//! Objectives: compares what a run measured with the limits of the target.
//!
//! Start at [`measure`].
//!
//! - `readings`: what each covered call measured
//! - `tally`: the value, and whether it keeps the limit
//! - `measured`: the objectives of a run, and the causes that explain a missed one
//! - `scenario`: the objectives as steps of a scenario
//! - `burn`: how fast an error budget is used up
//!
//! Invariant: this folder has no clock and no network, and names no cause of its own.

#[cfg(any(feature = "watch", test))]
mod burn;
mod measured;
mod readings;
mod scenario;
mod tally;
#[cfg(test)]
mod tests;

#[cfg(feature = "watch")]
pub(crate) use burn::{Alert, Burn, Sample, burn};
pub(crate) use measured::{explain, measure};
pub(crate) use readings::Call;
pub(crate) use scenario::scenario;
pub(crate) use tally::Tally;
