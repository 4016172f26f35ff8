//! Which evidence distinguishes which faults.

pub(crate) mod distinguishable;
pub(crate) mod evidence_matrix;
