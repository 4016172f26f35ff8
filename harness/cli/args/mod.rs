//! TODO map.

pub(crate) mod gate;
pub(crate) mod reports;
pub(crate) mod repository;
pub(crate) mod shard;
pub(crate) mod shown;
pub(crate) mod supplied;
pub(crate) mod target;
#[cfg(feature = "twin")]
pub(crate) mod twin;
