//! TODO map.

pub(crate) mod by_hand;
pub(crate) mod conduct;
pub(crate) mod credentials;
pub(crate) mod events;
pub(crate) mod exit_code;
pub(crate) mod interruption;
pub(crate) mod order;
pub(crate) mod record;
pub(crate) mod shard;
pub(crate) mod smoke;
