//! What is deployed: services, secrets, the edge, and which processes run. A fault is a change made here before boot.

mod client;
mod environment;
pub(crate) mod faults;
mod manifest;
mod plan;
mod secrets;
mod spec;

pub(crate) use client::Client;
pub(crate) use environment::Environment;
pub(crate) use manifest::{Rollout, requested, rolled_out};
pub(crate) use secrets::{SecretStore, random_secret};
pub(crate) use spec::ServiceSpec;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use crate::Fault;

/// The Google Cloud project and region of the recorded system (contract section 6).
pub(crate) const PROJECT: &str = "netra-staging";
pub(crate) const REGION: &str = "us-central1";

/// Where things listen; known before anything starts, because the manifest names it.
pub(crate) struct Addresses {
    pub(crate) auth_url: String,
    pub(crate) database: SocketAddr,
    pub(crate) neighbours: Neighbours,
}

/// Servers next to the system, none of them part of it.
#[derive(Clone, Copy)]
pub(crate) struct Neighbours {
    /// An ordinary web server with none of our routes.
    pub(crate) web_server: SocketAddr,
}

/// How a process fares that was started once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    Running,
    /// Gone, and its port closed.
    Killed,
    /// There, and its port open; it does nothing any more.
    Frozen,
}

/// What the edge does besides relaying.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EdgeRule {
    /// Removes `Authorization`, from upgrades as well.
    StripsAuthorization,
}

/// Everything that a fault can change.
pub(crate) struct Deployment {
    pub(crate) backend: ServiceSpec,
    pub(crate) auth: ServiceSpec,
    pub(crate) secrets: SecretStore,
    pub(crate) neighbours: Neighbours,
    pub(crate) client: Client,
    pub(crate) edge: BTreeSet<EdgeRule>,
    pub(crate) auth_process: Process,
    pub(crate) database_runs: bool,
}

impl Deployment {
    /// A healthy deployment with `faults` in it; their order does not matter.
    pub(crate) fn planned(addresses: &Addresses, startup_validation: bool, faults: &[Fault]) -> Self {
        let mut deployment = plan::healthy(addresses, startup_validation);
        let injected = Fault::ALL.iter().filter(|fault| faults.contains(fault));
        injected.for_each(|fault| fault.change(&mut deployment));
        deployment
    }
}
