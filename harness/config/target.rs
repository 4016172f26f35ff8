//! A target, resolved: one deployment under test. Sits in `target`; what every other room is given.

use crate::terms::{Algorithm, EndpointKind, EvidenceSource, Service};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use url::{Host, Url};

use crate::config::{CallerIdentity, Endpoint, EvidenceLocation, SecretSource};

/// One deployment under test, every value resolved and checked. Secrets are read lazily, by [`SecretSource`].
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name in the target file.
    pub name: String,
    /// Marked `production`: refused unless asked for by name.
    pub production: bool,
    /// Whether the twin is to be booted for it (then the URLs and secrets come from the twin).
    pub twin: bool,
    /// The backend's base URL, through the edge.
    pub backend: Url,
    /// The auth service's own base URL.
    pub auth: Url,
    /// The base URL for WebSockets.
    pub websocket: Url,
    /// The backend's own base URL past the edge, for HTTP and for WebSockets, where the operator names it.
    pub direct: Option<(Url, Url)>,
    /// The evidence that may be used.
    pub evidence_sources: BTreeSet<EvidenceSource>,
    /// What can be called, by id.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// The known test users, in the order written; the first is the usual one.
    pub users: Vec<User>,
    /// What is put into a token.
    pub claims: Claims,
    /// Where the signing secret comes from.
    pub signing_secret: SecretSource,
    /// How tokens are signed with it.
    pub algorithm: Algorithm,
    /// Where the auth service publishes its keys (a JWK set); read where the evidence `auth` is granted.
    pub jwks: Option<EvidenceLocation>,
    /// How a service identifies itself to the auth service.
    pub caller: Option<CallerIdentity>,
    /// How the backend judges a token, where the operator knows.
    pub validation: Validation,
    /// Whether the backend refuses to start without its configuration, where the operator knows.
    pub startup_check: Option<bool>,
    /// How long, how much, how often.
    pub budget: Budget,
    /// Where the manifests are, per service.
    pub manifests: BTreeMap<Service, EvidenceLocation>,
    /// Where the logs are. Several sources are read one after the other.
    pub logs: Vec<EvidenceLocation>,
    /// What the variables that matter are called in the manifests: role to names, the first that is there wins.
    pub variables: BTreeMap<String, Vec<String>>,
    /// The operator's names of the deployed things, for commands in the report.
    pub names: DeployedNames,
    /// Files of faults beside the built-in catalogue; patterns such as `faults/*.toml` are allowed.
    pub catalogue: Vec<PathBuf>,
    /// A folder of scenarios that are driven in addition to the built-in ones.
    pub scenarios: Option<PathBuf>,
    /// Failures that are known and reported, not diagnosed anew.
    pub known_failures: Vec<KnownFailure>,
    /// Which unusual probes may be sent.
    pub probes: UnusualProbes,
}

/// Probes that not every operator wants.
#[derive(Debug, Clone)]
pub struct UnusualProbes {
    /// One probe a run with headers that call it a test: whether they grant more evidence. Never on a target marked `production`.
    pub test_headers: bool,
}

/// A known test user.
#[derive(Debug, Clone)]
pub struct User {
    /// The name used in scenarios.
    pub name: String,
    /// The subject claim.
    pub sub: String,
    /// The e-mail claim.
    pub email: String,
    /// The permissions claim.
    pub permissions: Vec<String>,
    /// Secrets of this user (a password), by name.
    pub secrets: BTreeMap<String, SecretSource>,
}

/// What is put into a token besides `sub`, `email`, `permissions`, `iat`, `exp` and a fresh `jti`.
#[derive(Debug, Clone)]
pub struct Claims {
    /// `iss`.
    pub iss: String,
    /// `aud`, when given.
    pub aud: Option<String>,
    /// `token_type`, when given.
    pub token_type: Option<String>,
    /// `type`, when given.
    pub r#type: Option<String>,
    /// Lifetime of a valid token.
    pub ttl: Duration,
    /// Anything else, as written.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// How the backend judges a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Validation {
    /// It asks the auth service, every time, and has no other way.
    AuthService,
    /// It verifies by itself.
    Local,
    /// The operator does not know.
    Unknown,
}

/// How long, how much, how often. Times are wall-clock.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The whole run, diagnosis included.
    pub run: Duration,
    /// One probe, from start to end.
    pub probe: Duration,
    /// TCP and TLS of one probe.
    pub connect: Duration,
    /// Upper limit on requests, all services together.
    pub requests_per_minute: u32,
    /// Scenarios driven at once, where it is said; see [`Target::concurrency`].
    pub concurrency: Option<NonZeroUsize>,
    /// Probes the diagnosis may add.
    pub diagnosis_probes: u32,
    /// Bytes of one body, or of one stream's or socket's payloads together.
    pub body_bytes: usize,
    /// Events of one stream, or frames of one socket.
    pub events: usize,
}

/// The operator's names, filled into commands of the report. Nothing is called with them.
#[derive(Debug, Clone, Default)]
pub struct DeployedNames {
    /// Cloud Run service name of the backend.
    pub backend: Option<String>,
    /// Cloud Run service name of the auth service.
    pub auth: Option<String>,
    /// Project id.
    pub project: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// The variables that are an id, an address or a switch: their literal values may be shown.
    pub shown: BTreeSet<String>,
}

/// A failure that is known.
#[derive(Debug, Clone)]
pub struct KnownFailure {
    /// `scenario` or `scenario/step`.
    pub of: String,
    /// Why it is tolerated.
    pub reason: String,
    /// From this day on it counts again.
    pub expires: jiff::civil::Date,
}

/// Scenarios driven at once where neither the target nor the command line says how many.
const AT_ONCE: usize = 3;

impl Target {
    /// How many scenarios are driven at once. One, unless it is said, where logs are read: a line without a trace id belongs to the
    /// probe that was under way.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        let usual = if self.opens(EvidenceSource::Logs) { 1 } else { AT_ONCE };
        self.budget.concurrency.map_or(usual, NonZeroUsize::get)
    }

    /// The user of this name.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// Whether a evidence is granted.
    #[must_use]
    pub fn opens(&self, evidence_source: EvidenceSource) -> bool {
        evidence_source == EvidenceSource::Edge || self.evidence_sources.contains(&evidence_source)
    }

    /// The base URL an endpoint is called at.
    #[must_use]
    pub fn base(&self, endpoint: &Endpoint) -> &Url {
        if let Some(direct) = self.direct_base(endpoint.kind).filter(|_| endpoint.past_edge) {
            return direct;
        }
        match (endpoint.service, endpoint.kind) {
            (_, EndpointKind::Websocket) => &self.websocket,
            (Service::Backend, _) => &self.backend,
            (Service::Auth, _) => &self.auth,
        }
    }
}

/// Whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The same host with `ws` for `http` and `wss` for `https`.
pub(crate) fn as_websocket(backend: &Url) -> Url {
    let mut url = backend.clone();
    // Cannot fail: all four are special schemes.
    let _ = url.set_scheme(if backend.scheme() == "https" { "wss" } else { "ws" });
    url
}
