//! From the catalogue and a case to candidates with a posterior.

pub(crate) mod agreement;
pub(crate) mod by_path;
pub(crate) mod candidate;
pub(crate) mod case;
pub(crate) mod conflict;
pub(crate) mod coverage;
pub(crate) mod double_fault;
pub(crate) mod hypotheses;
pub(crate) mod likelihood;
pub(crate) mod masked_fault;
