//! TODO map.

pub(crate) mod text;
