//! TODO map.

pub(crate) mod curl;
pub(crate) mod hostile;
