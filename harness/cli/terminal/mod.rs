//! TODO map.

pub(crate) mod ask;
pub(crate) mod bug;
pub(crate) mod interrupt;
pub(crate) mod mistake;
pub(crate) mod output;
pub(crate) mod progress;
