//! What the probes of one run gave.

pub(crate) mod input;
pub(crate) mod probe_result;
