//! Readings, proofs and the catalogue in words.
//!
//! - `readings`: a call, its credentials and its result
//! - `proof`: an observation, a fact or a line as a proof
//! - `predictions`: probes, predictions and what would refute them
//! - `catalogue_view`: a fault as a person or another program reads it
//!
//! Invariant: nothing is decided here, and no word is compared with another.

pub(crate) mod catalogue_view;
pub(crate) mod predictions;
pub(crate) mod proof;
pub(crate) mod readings;
