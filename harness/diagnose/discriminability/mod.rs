//! Which evidence distinguishes which faults, by what the catalogue predicts.
//!
//! - `distinguishable`: two faults
//! - `evidence_matrix`: all pairs of faults
//!
//! Invariant: no observation takes part.

pub(crate) mod distinguishable;
pub(crate) mod evidence_matrix;
