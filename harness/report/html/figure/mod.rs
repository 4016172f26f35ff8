//! TODO map.

pub(crate) mod drawing;
pub(crate) mod map;
pub(crate) mod sequence;
