//! A target: one deployment under test, with every value resolved.

use crate::terms::{Algorithm, EndpointKind, EvidenceSource, Hop, Platform, Service, Validation};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use serde_json_path::JsonPath;
use url::{Host, Url};

use crate::config::{
    Access, AuthPlace, Browser, CallerIdentity, Collector, Endpoint, EvidenceLocation, LoadBound, LogSource, Objective,
    Proxy, Receivers, SecretOrigin, SecretSource, TaggedUrl, TokenOrigin,
};

/// One deployment under test, with every value resolved and checked. [`SecretSource`] reads secrets when they are
/// needed.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name in the target file.
    pub name: String,
    /// Whether the target is marked `production`. It is then used only when it is named.
    pub production: bool,
    /// Whether a twin is started for it. URLs and secrets then come from the twin.
    pub twin: bool,
    /// Whether it only describes recorded evidence, so that no run can call it.
    pub recorded: bool,
    /// The backend's base URL, through the edge.
    pub backend: Url,
    /// The auth service's base URL.
    pub auth: Url,
    /// The base URL for WebSockets.
    pub websocket: Url,
    /// The backend's own base URLs for HTTP and for WebSockets, which go around the edge. `None` when the target file
    /// has none.
    pub direct: Option<(Url, Url)>,
    /// The addresses of revisions that get no traffic, for `fivewhys bisect --test`.
    pub tagged_urls: BTreeMap<Service, TaggedUrl>,
    /// The forward proxy. `None`: calls go directly to the hosts of the target, whatever the environment says.
    pub proxy: Option<Proxy>,
    /// The page whose scripts call the target. `None`: its clients are no browsers.
    pub browser: Option<Browser>,
    /// The granted sources of evidence.
    pub evidence_sources: BTreeSet<EvidenceSource>,
    /// The endpoints, by id.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// The known test users, in the order written. The first is the default.
    pub users: Vec<User>,
    /// The claims of a token.
    pub claims: Claims,
    /// The sources of the signing secret.
    pub signing_secret: SecretSource,
    /// The algorithm of the signing secret.
    pub algorithm: Algorithm,
    /// The location of the auth service's published keys (a JWK set). Read when the evidence `auth` is granted.
    pub jwks: Option<EvidenceLocation>,
    /// How a service identifies itself to the auth service.
    pub caller: Option<CallerIdentity>,
    /// How the backend validates a token, if the operator knows.
    pub validation: Validation,
    /// Whether the backend refuses to start when its configuration is incomplete, if the operator knows.
    pub startup_check: Option<bool>,
    /// Whether agents may run tasks behind the backend: the target does not say that there are none.
    pub may_have_agents: bool,
    /// The platform on which the services run.
    pub platform: Platform,
    /// Limits on time, size and rate.
    pub budget: Budget,
    /// The load that many users may put on it. `None`: none.
    pub load: Option<LoadBound>,
    /// The location of each service's manifest.
    pub manifests: BTreeMap<Service, EvidenceLocation>,
    /// The locations of the logs, read in order.
    pub logs: Vec<LogSource>,
    /// The names of environment variables in the manifests, by role. The first name that exists is used.
    pub variables: BTreeMap<String, Vec<String>>,
    /// The people who own a part of the system, by the owner that a catalogue entry names.
    pub owners: BTreeMap<String, String>,
    /// The names of the deployed services, for commands in the report.
    pub names: DeployedNames,
    /// Catalogue files that are added to the built-in catalogue. Patterns such as `faults/*.toml` are allowed.
    pub catalogue: Vec<PathBuf>,
    /// A folder of scenarios that are driven in addition to the built-in ones.
    pub scenarios: Option<PathBuf>,
    /// Known failures: reported but not diagnosed.
    pub known_failures: Vec<KnownFailure>,
    /// The unusual probes that may be sent.
    pub probes: UnusualProbes,
    /// Where a response names the revision that answered.
    pub version: VersionPlace,
    /// The limits on what a run measures, in the order written.
    pub objectives: Vec<Objective>,
    /// The address of a trace, with `{trace_id}`.
    pub trace_url: Option<String>,
    /// Where the spans of a run are exported to. `None`: nowhere.
    pub otlp: Option<Collector>,
    /// What `fivewhys watch` notifies.
    pub receivers: Receivers,
    /// How it is reached, and where its credentials come from.
    pub access: Access,
}

/// Where a response names the revision that answered.
#[derive(Debug, Clone, Default)]
pub struct VersionPlace {
    /// A header of any response, in lower case.
    pub header: Option<String>,
    /// A place in the JSON of the endpoints with the role `health`.
    pub json: Option<JsonPath>,
}

/// Probes that an operator may want to switch off.
#[derive(Debug, Clone)]
pub struct UnusualProbes {
    /// Whether one probe per run carries headers that mark it as a test. Never sent to a target marked `production`.
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
    /// Additional claims of this user, as written.
    pub claims: serde_json::Map<String, serde_json::Value>,
    /// Secrets of this user (a password), by name.
    pub secrets: BTreeMap<String, SecretSource>,
}

/// The claims of a token, in addition to `sub`, `email`, `permissions`, `iat`, `exp` and a fresh `jti`.
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
    /// The lifetime of a valid token.
    pub ttl: Duration,
    /// Additional claims, as written.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// Limits on time, size and rate. Times are wall-clock.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The time limit of the whole run, diagnosis included.
    pub run: Duration,
    /// The time limit of one probe, from start to end.
    pub probe: Duration,
    /// The time limit of the TCP and TLS handshakes of one probe.
    pub connect: Duration,
    /// The maximum number of requests a minute, all services together.
    pub requests_per_minute: u32,
    /// The number of scenarios that run at the same time where logs are not read, if the target sets one. See
    /// [`Target::concurrency`].
    pub concurrency: Option<NonZeroUsize>,
    /// The maximum number of probes that the diagnosis may add.
    pub diagnosis_probes: u32,
    /// The maximum number of bytes of one body, or of all payloads of one stream or socket.
    pub body_bytes: usize,
    /// The maximum number of events of one stream, or frames of one socket.
    pub events: usize,
}

/// The names of the deployed services, for the commands in a report. `fivewhys` itself makes no request with them.
#[derive(Debug, Clone, Default)]
pub struct DeployedNames {
    /// The backend: the service of Cloud Run, ECS or Compose, or the Deployment of Kubernetes.
    pub backend: Option<String>,
    /// The auth service, as for `backend`.
    pub auth: Option<String>,
    /// The id of the Google Cloud project.
    pub project: Option<String>,
    /// The region of the cloud.
    pub region: Option<String>,
    /// The namespace of Kubernetes.
    pub namespace: Option<String>,
    /// The cluster of ECS.
    pub cluster: Option<String>,
    /// The variables that hold an id, an address or a switch. Their literal values may be shown.
    pub shown: BTreeSet<String>,
}

/// A failure that the operator tolerates until a day.
#[derive(Debug, Clone)]
pub struct KnownFailure {
    /// The failing part: `scenario` or `scenario/step`.
    pub of: String,
    /// Why the failure is tolerated.
    pub reason: String,
    /// The day from which the failure counts again.
    pub expires: jiff::civil::Date,
}

/// The fewest scenarios that run at the same time by default.
const FEWEST_AT_ONCE: u32 = 3;
/// The most scenarios that run at the same time by default: clients that a system serves without being asked.
const MOST_AT_ONCE: u32 = 64;

impl Target {
    /// Returns the names of the environment variables that may hold its secrets.
    pub(crate) fn secret_variables(&self) -> impl Iterator<Item = &str> {
        let of_users = self.users.iter().flat_map(|user| user.secrets.values());
        let of_caller = self.caller.iter().map(|caller| &caller.secret);
        let client_keys = self.access.client_certificates().map(|client| &client.key);
        let of_target = self.access.secrets.values().chain(client_keys);
        let of_system = of_caller.chain(of_users).chain(of_target);
        let sources = std::iter::once(&self.signing_secret).chain(of_system).chain(self.receivers.secrets());
        sources.flat_map(|secret| &secret.sources).filter_map(|origin| match origin {
            SecretOrigin::Env(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Returns how many scenarios run at the same time. The default is the number of requests that the rate allows in one
    /// second, from 3 to 64. It is always 1 when logs are read: a log line without a trace id is attributed to the probe
    /// that was running.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        let by_rate = (self.budget.requests_per_minute / 60).clamp(FEWEST_AT_ONCE, MOST_AT_ONCE) as usize;
        let wanted = self.budget.concurrency.map_or(by_rate, NonZeroUsize::get);
        if self.opens(EvidenceSource::Logs) { 1 } else { wanted }
    }

    /// Returns the command that diagnoses this target again with standard input as one more piece of evidence.
    #[must_use]
    pub(crate) fn with_more_evidence(&self, option: &str) -> String {
        if self.recorded {
            return "fivewhys explain FILE... -".to_owned();
        }
        format!("fivewhys smoke --target {} {option} -", self.name)
    }

    /// Returns the page that calls an endpoint. `None`: its clients are no browsers.
    #[must_use]
    pub fn page(&self, endpoint: &Endpoint) -> Option<&Browser> {
        self.browser.as_ref().filter(|_| endpoint.browser && !endpoint.past_edge)
    }

    /// Returns the user of this name.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// Reports whether a source of evidence is granted.
    #[must_use]
    pub fn opens(&self, evidence_source: EvidenceSource) -> bool {
        evidence_source == EvidenceSource::Edge || self.evidence_sources.contains(&evidence_source)
    }

    /// Reports whether the auth service issues the tokens of the test users, so that no signing key is known.
    #[must_use]
    pub fn logs_in(&self) -> bool {
        self.access.tokens == TokenOrigin::Login
    }

    /// Reports whether the system has an auth service.
    #[must_use]
    pub fn has_auth_service(&self) -> bool {
        self.access.auth != AuthPlace::Absent
    }

    /// Reports whether the system has this service.
    pub(crate) fn has(&self, service: Service) -> bool {
        service == Service::Backend || self.has_auth_service()
    }

    /// Returns the URL of the auth service, if it has one.
    #[must_use]
    pub fn auth_url(&self) -> Option<&Url> {
        (self.access.auth == AuthPlace::Public).then_some(&self.auth)
    }

    /// Reports whether a fault may lie at this hop.
    pub(crate) fn has_hop(&self, hop: Hop) -> bool {
        match hop {
            Hop::Auth | Hop::BackendAuth => self.has_auth_service(),
            Hop::Agents => self.may_have_agents,
            _ => true,
        }
    }

    /// Reports whether the target names this host in one of its URLs.
    pub(crate) fn names_host(&self, url: &Url) -> bool {
        url.host().is_some() && self.bases().any(|known| known.host() == url.host())
    }

    /// Returns every base URL.
    pub(crate) fn bases(&self) -> impl Iterator<Item = &Url> {
        let own = [&self.backend, &self.auth, &self.websocket].into_iter();
        let direct = self.direct.iter().flat_map(|(http, websocket)| [http, websocket]);
        own.chain(direct).chain(self.endpoints.values().filter_map(|endpoint| endpoint.form.base.as_ref()))
    }

    /// Returns the base URL that an endpoint is called at.
    #[must_use]
    pub fn base<'a>(&'a self, endpoint: &'a Endpoint) -> &'a Url {
        if let Some(direct) = self.direct_base(endpoint.kind).filter(|_| endpoint.past_edge) {
            return direct;
        }
        if let Some(own) = &endpoint.form.base {
            return own;
        }
        match (endpoint.service, endpoint.kind) {
            (_, EndpointKind::Websocket) => &self.websocket,
            (Service::Backend, _) => &self.backend,
            (Service::Auth, _) => &self.auth,
        }
    }
}

/// Reports whether the host of a URL is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Returns the URL with `ws` for `http` and `wss` for `https`.
pub(crate) fn as_websocket(backend: &Url) -> Url {
    let mut url = backend.clone();
    // Cannot fail: all four schemes are special in the URL standard.
    let _ = url.set_scheme(if backend.scheme() == "https" { "wss" } else { "ws" });
    url
}
