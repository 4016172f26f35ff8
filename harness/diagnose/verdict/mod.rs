//! Causes and findings.

pub(crate) mod cause;
pub(crate) mod certainty;
pub(crate) mod conclude;
pub(crate) mod double_cause;
pub(crate) mod explanation;
pub(crate) mod finding;
pub(crate) mod remedy;
pub(crate) mod unknown_cause;
