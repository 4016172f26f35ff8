//! What is deployed: services, secrets, the edge, and which processes run. A fault is a change made here before boot.

mod client;
mod defects;
mod environment;
pub(crate) mod faults;
mod manifest;
mod plan;
mod secrets;
mod spec;

pub(crate) use client::{Client, Told};
pub(crate) use defects::{AuthDefect, BackendDefect, Build};
pub(crate) use environment::Environment;
pub(crate) use manifest::{Rollout, requested, rolled_out};
pub(crate) use secrets::{SecretStore, random_secret};
pub(crate) use spec::ServiceSpec;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use spec::Source;

use crate::clock::Clock;
use crate::{Fault, Signing};

/// The Google Cloud project and region of the recorded system (contract section 6).
pub(crate) const PROJECT: &str = "netra-staging";
pub(crate) const REGION: &str = "us-central1";

/// Where things listen; known before anything starts, because the manifest names it.
pub(crate) struct Addresses {
    pub(crate) auth_url: String,
    pub(crate) database: SocketAddr,
    pub(crate) redis: SocketAddr,
    pub(crate) neighbours: Neighbours,
}

/// Servers next to the system, none of them part of it.
#[derive(Clone, Copy)]
pub(crate) struct Neighbours {
    /// An ordinary web server with none of our routes.
    pub(crate) web_server: SocketAddr,
    /// A site that shows one page, whatever it is asked.
    pub(crate) static_site: SocketAddr,
    /// The front end of the same product.
    pub(crate) front_end: SocketAddr,
    /// A proxy that lets nobody through.
    pub(crate) proxy: SocketAddr,
    /// Nobody listens there.
    pub(crate) nobody: SocketAddr,
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
    /// Removes `Authorization` from upgrades.
    StripsAuthorizationOnUpgrade,
    /// Treats an upgrade as an ordinary request.
    DropsUpgrade,
    /// Looks at every bearer, and takes none that Google did not sign.
    VerifiesBearers,
    /// Takes no client that does not call itself a browser.
    BrowsersOnly,
    /// Takes a handful of requests a minute.
    Throttles,
    /// Sends `/api` and `/ws` to the front end.
    RoutesToFrontEnd,
    /// No instance can be had.
    Saturated,
}

/// The edge's own port.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EdgePort {
    Open,
    Closed,
    /// Takes a connection and resets it.
    Resets,
}

/// How the backend gets out to the auth service.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Egress {
    Direct,
    /// By way of a connector that is gone.
    Broken,
    /// By way of a proxy that lets nobody through.
    Proxied,
}

/// Everything that a fault can change.
pub(crate) struct Deployment {
    pub(crate) backend: ServiceSpec,
    pub(crate) auth: ServiceSpec,
    pub(crate) secrets: SecretStore,
    pub(crate) neighbours: Neighbours,
    pub(crate) client: Client,
    pub(crate) edge: BTreeSet<EdgeRule>,
    pub(crate) edge_port: EdgePort,
    /// A revision that still gets half of the traffic, with settings of its own.
    pub(crate) older_backend: Option<ServiceSpec>,
    pub(crate) backend_build: Build<BackendDefect>,
    pub(crate) backend_egress: Egress,
    pub(crate) auth_build: Build<AuthDefect>,
    pub(crate) usual_user_deleted: bool,
    /// The clock of every service.
    pub(crate) clock: Clock,
    pub(crate) auth_process: Process,
    pub(crate) database_runs: bool,
    pub(crate) redis_runs: bool,
}

impl Deployment {
    /// The proxy that the backend's connections go by.
    pub(crate) fn proxy(&self) -> Option<SocketAddr> {
        match self.backend_egress {
            Egress::Direct => None,
            Egress::Broken => Some(self.neighbours.nobody),
            Egress::Proxied => Some(self.neighbours.proxy),
        }
    }

    /// A healthy deployment with `faults` in it; their order does not matter.
    pub(crate) fn planned(addresses: &Addresses, startup_validation: bool, faults: &[Fault]) -> Self {
        let mut deployment = plan::healthy(addresses, startup_validation);
        let injected = Fault::ALL.iter().filter(|fault| faults.contains(fault));
        injected.for_each(|fault| fault.change(&mut deployment));
        deployment
    }
}

impl Deployment {
    /// The same with tokens signed in another way: every version of the signing secret is a key of that kind.
    pub(crate) fn signed_with(mut self, signing: Signing) -> Self {
        if signing != Signing::Hs256 {
            self.auth.set("JWT_ALGORITHM", Source::Value(signing.id().to_owned()));
            self.secrets.renew(plan::JWT_SECRET, || signing.fresh_key());
        }
        self
    }
}
