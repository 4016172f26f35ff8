//! A target for one test, and the prober for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use crate::config::{
    Accept, Budget, CallerIdentity, CallerScheme, Claims, DeployedNames, Endpoint, SecretSource, Target, UnusualProbes,
    User, Validation, VersionPlace,
};
use crate::document::JsonMatch;
use crate::probe::tests::bench::purse::Purse;
use crate::probe::transport::Tls;
use crate::probe::{CannotProbe, Exchange, ProbeKey, ProbeRequest, Prober};
use crate::terms::{Caller, EndpointKind, EvidenceSource, Role, Service, TokenKind, TokenLocation};

/// A target under construction, with its credentials and TLS.
pub(crate) struct Bench {
    pub(crate) target: Target,
    pub(crate) purse: Arc<Purse>,
    pub(crate) run: Duration,
    tls: Option<Tls>,
}

impl Bench {
    /// Returns a target at this base URL (`http://…`) with all evidence, large budgets, and one user `anna`.
    pub(crate) fn at(base: &str) -> Self {
        let run = Duration::from_secs(30);
        Self { target: target(base), purse: Arc::default(), run, tls: None }
    }

    pub(crate) fn with(mut self, endpoint: Endpoint) -> Self {
        self.target.endpoints.insert(endpoint.id.clone(), endpoint);
        self
    }

    pub(crate) fn trusting(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    pub(crate) fn prober(self) -> Prober {
        let purse = Arc::clone(&self.purse);
        let deadline = Instant::now() + self.run;
        let tls = self.tls.unwrap_or_default();
        Prober::with_tls(Arc::new(self.target), self.purse, purse, deadline, tls)
    }

    pub(crate) async fn probe(self, request: &ProbeRequest) -> Result<Exchange, CannotProbe> {
        self.prober().session().send(request).await
    }

    /// Sends one probe, and checks that the recorded exchange contains no secret.
    pub(crate) async fn send(self, request: &ProbeRequest) -> Exchange {
        let purse = Arc::clone(&self.purse);
        let exchange = self.probe(request).await.unwrap();
        let recorded = serde_json::to_string(&exchange).unwrap();
        for secret in purse.known() {
            assert!(!recorded.contains(&secret), "{secret} in {recorded}");
        }
        exchange
    }
}

/// Returns a request with a `valid` token in the header, no caller, and the user `anna`.
pub(crate) fn probe_of(endpoint: &str) -> ProbeRequest {
    ProbeRequest::new(ProbeKey {
        endpoint: endpoint.to_owned(),
        token: TokenKind::Valid,
        token_location: TokenLocation::Header,
        caller: Caller::None,
        user: "anna".to_owned(),
    })
}

pub(crate) fn endpoint(id: &str, kind: EndpointKind) -> Endpoint {
    Endpoint {
        past_edge: false,
        id: id.to_owned(),
        service: if id.starts_with("auth") { Service::Auth } else { Service::Backend },
        kind,
        role: Role::Protected,
        method: "GET".to_owned(),
        path: "/it".to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        send: Vec::new(),
        token_locations: vec![TokenLocation::Header, TokenLocation::Subprotocol, TokenLocation::Body],
        subprotocols: Vec::new(),
        validation: None,
        takes_caller: false,
        browser: true,
        accept: Accept::default(),
        caller_rejected: None,
        identity: None,
        event_name: Some(path("$.type")),
        issued_token: None,
        form: crate::config::RequestForm::default(),
    }
}

pub(crate) fn path(path: &str) -> serde_json_path::JsonPath {
    serde_json_path::JsonPath::parse(path).unwrap()
}

/// Returns a match for JSON with this `type`.
pub(crate) fn of_type(name: &str) -> JsonMatch {
    JsonMatch { path: path("$.type"), any_of: vec![name.into()] }
}

fn target(base: &str) -> Target {
    let url = Url::parse(base).unwrap();
    Target {
        direct: None,
        tagged_urls: BTreeMap::new(),
        proxy: None,
        browser: None,
        variables: std::collections::BTreeMap::new(),
        scenarios: None,
        catalogue: Vec::new(),
        name: "bench".to_owned(),
        production: false,
        recorded: false,
        twin: false,
        websocket: Url::parse(&base.replacen("http", "ws", 1)).unwrap(),
        backend: url.clone(),
        auth: url,
        evidence_sources: BTreeSet::from([EvidenceSource::Auth, EvidenceSource::ServiceCredentials]),
        endpoints: BTreeMap::new(),
        users: vec![anna()],
        claims: claims(),
        signing_secret: no_source(),
        algorithm: crate::terms::Algorithm::default(),
        jwks: None,
        caller: Some(CallerIdentity {
            scheme: CallerScheme::Headers { id: "X-Service-ID".to_owned(), secret: "X-Service-Secret".to_owned() },
            id: "backend-1".to_owned(),
            secret: no_source(),
        }),
        validation: Validation::Unknown,
        platform: crate::terms::Platform::None,
        startup_check: None,
        may_have_agents: true,
        load: None,
        budget: Budget {
            concurrency: None,
            run: Duration::from_secs(30),
            probe: Duration::from_secs(10),
            connect: Duration::from_secs(5),
            requests_per_minute: 6000,
            diagnosis_probes: 10,
            body_bytes: 1 << 16,
            events: 100,
        },
        manifests: BTreeMap::new(),
        logs: Vec::new(),
        owners: BTreeMap::new(),
        names: DeployedNames::default(),
        known_failures: Vec::new(),
        objectives: Vec::new(),
        trace_url: None,
        otlp: None,
        probes: UnusualProbes { test_headers: false },
        version: VersionPlace::default(),
        receivers: crate::config::Receivers::default(),
        access: crate::config::Access::default(),
    }
}

fn anna() -> User {
    let (sub, email) = ("user-7".to_owned(), "anna@example.test".to_owned());
    User {
        name: "anna".to_owned(),
        sub,
        email,
        permissions: Vec::new(),
        claims: serde_json::Map::new(),
        secrets: BTreeMap::new(),
    }
}

fn claims() -> Claims {
    let (iss, ttl) = ("bench".to_owned(), Duration::from_secs(60));
    Claims { iss, aud: None, token_type: None, r#type: None, ttl, extra: serde_json::Map::new() }
}

fn no_source() -> SecretSource {
    SecretSource { purpose: "nothing".to_owned(), min_bytes: 0, sources: Vec::new() }
}
pub(crate) mod purse;
pub(crate) mod script;
