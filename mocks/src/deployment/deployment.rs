//! The deployment as one value: services, secrets, the edge's rules, and which processes run.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::environment::SecretStore;
use super::spec::{ServiceSpec, Source};
use super::{AuthDefect, BackendDefect, Build, Client, plan};
use crate::terms::{Clock, JwtVariable, Signing};

/// The addresses of the deployment. They are known before a service starts, because the manifest names them.
pub(crate) struct Addresses {
    pub(crate) auth_url: String,
    pub(crate) database: SocketAddr,
    pub(crate) redis: SocketAddr,
    pub(crate) neighbours: Neighbours,
}

/// The addresses of servers that are not part of the system. Some faults lead there.
#[derive(Clone, Copy)]
pub(crate) struct Neighbours {
    /// A web server with none of the system's routes.
    pub(crate) web_server: SocketAddr,
    /// A site that shows one page for every request.
    pub(crate) static_site: SocketAddr,
    /// The front end of the same product: a single-page application.
    pub(crate) front_end: SocketAddr,
    /// A proxy that denies every request.
    pub(crate) proxy: SocketAddr,
    /// A port where no server listens.
    pub(crate) closed: SocketAddr,
}

/// The state of a process after its start.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    Running,
    /// The process has ended; its port refuses connections.
    Killed,
    /// The process is stopped; its port takes connections and never answers.
    Frozen,
}

/// What the edge does to requests apart from relaying them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EdgeRule {
    /// Removes `Authorization` from every request, upgrades included.
    StripsAuthorization,
    /// Removes `Authorization` from upgrades only.
    StripsAuthorizationOnUpgrade,
    /// Forwards an upgrade as an ordinary request.
    DropsUpgrade,
    /// Verifies every bearer token, and refuses tokens that Google did not sign.
    VerifiesBearers,
    /// Refuses clients whose `User-Agent` is not a browser's.
    BrowsersOnly,
    /// Lets three requests per minute through.
    Throttles,
    /// Routes `/api` and `/ws` to the front end.
    RoutesToFrontEnd,
    /// Finds no free instance of the backend.
    Saturated,
}

/// The edge's own port.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EdgePort {
    Open,
    Closed,
    /// Takes each connection and resets it.
    Resets,
}

/// The way of the backend's connections to the auth service.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Egress {
    Direct,
    /// Through a connector that no longer exists.
    Broken,
    /// Through a proxy that denies every request.
    Proxied,
}

/// The whole deployment: everything that a fault can change.
pub(crate) struct Deployment {
    pub(crate) backend: ServiceSpec,
    pub(crate) auth: ServiceSpec,
    pub(crate) secrets: SecretStore,
    pub(crate) neighbours: Neighbours,
    pub(crate) client: Client,
    pub(crate) edge: BTreeSet<EdgeRule>,
    pub(crate) edge_port: EdgePort,
    /// An older revision with other settings that still gets half of the traffic.
    pub(crate) older_backend: Option<ServiceSpec>,
    pub(crate) backend_build: Build<BackendDefect>,
    /// The names under which the backend's code looks for the signing secret, in order.
    pub(crate) backend_reads: Vec<JwtVariable>,
    pub(crate) backend_egress: Egress,
    pub(crate) auth_build: Build<AuthDefect>,
    /// Whether the account of the first test user was deleted.
    pub(crate) usual_user_deleted: bool,
    /// The clock that all services share.
    pub(crate) clock: Clock,
    pub(crate) auth_process: Process,
    pub(crate) database_runs: bool,
    pub(crate) redis_runs: bool,
}

impl Deployment {
    /// Returns the proxy of the backend's outgoing connections.
    pub(crate) fn proxy(&self) -> Option<SocketAddr> {
        match self.backend_egress {
            Egress::Direct => None,
            Egress::Broken => Some(self.neighbours.closed),
            Egress::Proxied => Some(self.neighbours.proxy),
        }
    }

    /// Gives the signing secret another name in the manifests, and lets the backend's code look for other names.
    pub(crate) fn naming_jwt_secret(mut self, set: JwtVariable, read: &[JwtVariable]) -> Self {
        let services = [Some(&mut self.backend), Some(&mut self.auth), self.older_backend.as_mut()];
        services.into_iter().flatten().for_each(|service| service.rename(JwtVariable::Key.id(), set.id()));
        self.backend_reads = read.to_vec();
        self
    }

    /// Changes the signature algorithm: every version of the signing secret becomes a fresh key for `signing`.
    pub(crate) fn signed_with(mut self, signing: Signing) -> Self {
        if signing != Signing::Hs256 {
            self.auth.set("JWT_ALGORITHM", Source::Value(signing.id().to_owned()));
            self.secrets.renew(plan::JWT_SECRET, || signing.fresh_key());
        }
        self
    }
}
