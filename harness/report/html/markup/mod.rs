//! TODO map.

pub(crate) mod certainty;
pub(crate) mod shown;
pub(crate) mod text;
