//! Which evidence distinguishes which faults, by the catalogue and the model of the path.
//!
//! - `distinguishable`: two faults
//! - `evidence_matrix`: all pairs of faults
//!
//! Invariant: no observation takes part.

pub(crate) mod distinguishable;
pub(crate) mod evidence_matrix;
