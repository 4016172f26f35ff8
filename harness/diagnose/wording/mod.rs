//! Readings, proofs and the catalogue in words.
//!
//! - `readings`: a call, its credentials and its result
//! - `proof`: an observation, a fact or a line as a proof
//! - `predictions`: probes, the facts that a fault demands, and what refutes them
//! - `foreseen`: how probes end where a fault shows
//! - `catalogue_view`: a fault as a person or another program reads it
//!
//! Invariant: nothing is decided here, and no word is compared with another.

pub(crate) mod catalogue_view;
pub(crate) mod foreseen;
pub(crate) mod predictions;
pub(crate) mod proof;
pub(crate) mod readings;
