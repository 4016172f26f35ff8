//! What the probes of one run gave.
//!
//! - `input`: the input of a diagnosis
//! - `probe_result`: the result of one probe, over all its attempts, and all results of a run
//!
//! Invariant: a reading names no fault. It says what was seen, not why.

pub(crate) mod input;
pub(crate) mod probe_result;
