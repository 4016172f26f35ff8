//! The backend's client of the auth service.
//!
//! Start at [`AuthClient::validate`].
//!
//! - `client`: probe, cache, breaker and question, in the real client's order
//! - `wire`: the HTTP calls
//! - `resilience`: the cache and the breaker
//! - `lines`: its log lines
//!
//! Invariant: the client judges no token. It only asks.

mod client;
mod lines;
mod resilience;
mod wire;

pub(crate) use client::{AuthClient, AuthSettings, Identity, Refused, Verdict};
