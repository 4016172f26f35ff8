//! Facts: one file for each source of evidence.

pub(crate) mod auth_calls;
pub(crate) mod backend_log;
pub(crate) mod latency;
pub(crate) mod manifest;
pub(crate) mod request_arrival;
pub(crate) mod revision_split;
pub(crate) mod token_location;
pub(crate) mod unheard_call;
