//! Which log lines belong to our probes.

pub(crate) mod attribution;
pub(crate) mod coincidence;
