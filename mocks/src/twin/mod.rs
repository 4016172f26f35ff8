//! Builds a deployment, boots it and runs it.
//!
//! Start at [`TwinBuilder::start`].
//!
//! - `builder`: what twin to boot
//! - `boot`: makes the deployment and starts its services in order
//! - `services`: starts one service
//! - `ports`: the ports, and what keeps a service running
//! - `neighbours`: servers that are not part of the system
//! - `control`: manifests, logs and journal over HTTP
//! - `twin`: the running twin
//!
//! Invariant: only this folder knows all services. No folder depends on it.

mod boot;
mod builder;
mod control;
mod neighbours;
mod ports;
mod services;
#[expect(clippy::module_inception, reason = "the folder's main type")]
mod twin;

pub use builder::TwinBuilder;
pub use twin::{Manifests, Revisions, Twin};
