//! Target files of other systems: how they are reached, and where their tokens come from.
//!
//! - `system`: a small system that the tests play, and its target file
//! - `after_deploy`: `--wait` and `--resolve`
//! - `certificates`: `ca` and client certificates
//! - `grpc`: calls of gRPC-Web, which end with a status of their own
//! - `requests`: bodies, credentials of callers, and conditions on responses
//! - `sessions`: sessions in cookies
//! - `topologies`: other services
//! - `login`: tokens by OAuth 2.0, without a signing key
//!
//! Invariant: no output of these runs holds a secret.

mod after_deploy;
mod certificates;
mod grpc;
mod issued;
mod login;
mod requests;
mod sessions;
mod supplied_logs;
pub(crate) mod system;
mod topologies;
