//! Makes a [`Target`] of the merged layers.

use crate::config::target::as_websocket;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use url::Url;

use crate::config::file::endpoint_layer::EndpointLayer;
use crate::config::file::identity::{caller, claims, users};
use crate::config::file::layer::{BudgetLayer, KnownFailureText, Layer, NamesLayer, TaggedUrlLayer, VersionLayer};
use crate::config::file::sources::{EvidenceText, SecretText};
use crate::config::target::is_loopback;
use crate::config::{
    Budget, DeployedNames, Endpoint, EvidenceLocation, KnownFailure, SecretOrigin, SecretSource, TaggedUrl, Target,
    UnusualProbes, Validation, VersionPlace,
};
use crate::document::values::BaseUrl;
use crate::document::written::{Entry, OneOrMany};
use crate::document::{ConfigError, Source};
use crate::host::environment;
use crate::terms::{EvidenceSource, Service};

/// The minimum length of a shared secret, in bytes. RFC 7518, section 3.2, asks for as many in an HS256 key.
pub(crate) const LEAST_SECRET_BYTES: usize = 32;
/// A placeholder for a URL of the twin until the twin has started. Nothing listens on port 1.
const UNTIL_BOOT: &str = "http://127.0.0.1:1";

/// The place of the target's name, for mistakes that belong to no single value.
pub(crate) struct Header<'a> {
    pub(crate) name: &'a str,
    pub(crate) source: &'a Source,
    pub(crate) span: Range<usize>,
}

impl Header<'_> {
    pub(crate) fn error(&self, message: impl Into<String>) -> ConfigError {
        ConfigError::new(message).at(self.source, self.span.clone())
    }

    pub(crate) fn needs<T>(&self, value: Option<T>, key: &str) -> Result<T, ConfigError> {
        let missing = || self.error(format!("the target `{}` has no `{key}`", self.name));
        value.ok_or_else(|| {
            missing().help(format!("set it in `[target.{}]`, in `[defaults]`, or with `--set`", self.name))
        })
    }

    pub(crate) fn secret(&self, what: &str, least: usize, sources: Option<OneOrMany<SecretText>>) -> SecretSource {
        SecretSource {
            purpose: format!("{what} of target {}", self.name),
            min_bytes: least,
            sources: sources.unwrap_or_default().0.into_iter().map(|source| source.0).collect::<Vec<SecretOrigin>>(),
        }
    }
}

/// Resolves and checks a target.
pub(crate) fn target(header: &Header<'_>, layer: Layer) -> Result<Target, ConfigError> {
    let twin = layer.twin.unwrap_or(false);
    let backend = url(header, layer.backend.map(|url| url.0), twin, "backend")?;
    let auth = url(header, layer.auth.map(|url| url.0), twin, "auth")?;
    let websocket = layer.websocket.map_or_else(|| as_websocket(&backend), |url| url.0);
    if !twin && layer.signing_secret.is_none() {
        header.needs(None::<()>, "signing_secret")?;
    }
    let direct = layer.direct.map(|url| (as_websocket(&url.0), url.0)).map(|(websocket, http)| (http, websocket));
    let variables: BTreeMap<_, _> = layer.variables.0.into_iter().map(|entry| (entry.name, entry.value.0)).collect();
    let mut target = Target {
        direct,
        tagged_urls: tagged_urls(layer.tagged_url),
        name: header.name.to_owned(),
        production: layer.production.unwrap_or(false),
        twin,
        recorded: false,
        proxy: layer.proxy.map(|proxy| proxy.0),
        evidence_sources: layer.evidence.unwrap_or_default().into_iter().chain([EvidenceSource::Edge]).collect(),
        endpoints: endpoints(header, layer.endpoint.0)?,
        users: users(header, layer.user.0)?,
        claims: claims(header, layer.claims)?,
        signing_secret: header.secret("the signing secret", LEAST_SECRET_BYTES, layer.signing_secret),
        algorithm: layer.algorithm.unwrap_or_default(),
        jwks: layer.jwks.map(|jwks| jwks.0),
        caller: caller(header, layer.caller)?,
        validation: layer.validation.unwrap_or(Validation::Unknown),
        startup_check: layer.startup_check,
        engine: crate::terms::Engine::default(),
        budget: budget(layer.budget),
        manifests: manifests(layer.manifest.backend, layer.manifest.auth),
        logs: layer.logs.unwrap_or_default().0.into_iter().map(|log| log.0).collect(),
        names: names(layer.names, &variables),
        variables,
        scenarios: layer.scenarios,
        catalogue: layer.catalogue.unwrap_or_default().0,
        known_failures: layer.known_failure.unwrap_or_default().into_iter().map(known_failure).collect(),
        probes: UnusualProbes { test_headers: layer.probes.test_headers.unwrap_or(true) },
        version: version(layer.version),
        backend,
        auth,
        websocket,
    };
    check_evidence_hosts(header, &target)?;
    environment::withhold(target.secret_variables());
    if target.direct.is_some() {
        target.add_direct_endpoints();
    }
    Ok(target)
}

fn url(header: &Header<'_>, given: Option<Url>, twin: bool, key: &str) -> Result<Url, ConfigError> {
    let placeholder = || Url::parse(UNTIL_BOOT).ok().filter(|_| twin);
    header.needs(given.or_else(placeholder), key)
}

/// Returns a placeholder for a missing URL, for a target that is only checked.
pub(crate) fn anywhere() -> BaseUrl {
    BaseUrl(Url::parse(UNTIL_BOOT).expect("a constant URL"))
}

fn endpoints(
    header: &Header<'_>,
    entries: Vec<Entry<EndpointLayer>>,
) -> Result<BTreeMap<String, Endpoint>, ConfigError> {
    let resolve = |entry: Entry<EndpointLayer>| {
        let Entry { name, span, source, value } = entry;
        let endpoint = value.resolve(&name);
        let endpoint =
            endpoint.map_err(|flaw| ConfigError::new(flaw).at(source.as_ref().unwrap_or(header.source), span))?;
        Ok((name, endpoint))
    };
    let endpoints: BTreeMap<_, _> = entries.into_iter().map(resolve).collect::<Result<_, ConfigError>>()?;
    if endpoints.is_empty() {
        return Err(header.error(format!("the target `{}` has no endpoint: nothing can be called", header.name)));
    }
    Ok(endpoints)
}

fn budget(layer: BudgetLayer) -> Budget {
    Budget {
        run: layer.run.map_or(Duration::from_secs(120), |run| run.0),
        probe: layer.probe.map_or(Duration::from_secs(15), |probe| probe.0),
        connect: layer.connect.map_or(Duration::from_secs(5), |connect| connect.0),
        requests_per_minute: layer.requests_per_minute.map_or(60, std::num::NonZeroU32::get),
        concurrency: layer.concurrency,
        diagnosis_probes: layer.diagnosis_probes.unwrap_or(16),
        body_bytes: layer.body_bytes.map_or(1 << 20, std::num::NonZeroUsize::get),
        events: layer.events.map_or(1000, std::num::NonZeroUsize::get),
    }
}

/// The roles of variables that never hold a secret.
const SHOWN: [&str; 3] = ["service-id", "auth-url", "auth-enabled"];

fn names(layer: NamesLayer, variables: &BTreeMap<String, Vec<String>>) -> DeployedNames {
    let shown = SHOWN.iter().filter_map(|role| variables.get(*role)).flatten().cloned().collect();
    DeployedNames { backend: layer.backend, auth: layer.auth, project: layer.project, region: layer.region, shown }
}

fn tagged_urls(layer: TaggedUrlLayer) -> BTreeMap<Service, TaggedUrl> {
    let each = [(Service::Backend, layer.backend), (Service::Auth, layer.auth)];
    each.into_iter().filter_map(|(service, url)| Some((service, url?))).collect()
}

fn manifests(backend: Option<EvidenceText>, auth: Option<EvidenceText>) -> BTreeMap<Service, EvidenceLocation> {
    let each = [(Service::Backend, backend), (Service::Auth, auth)];
    each.into_iter().filter_map(|(service, source)| Some((service, source?.0))).collect()
}

fn version(layer: VersionLayer) -> VersionPlace {
    VersionPlace { header: layer.header.map(|name| name.0.to_ascii_lowercase()), json: layer.json.map(|json| json.0) }
}

fn known_failure(text: KnownFailureText) -> KnownFailure {
    KnownFailure { of: text.of, reason: text.reason, expires: text.expires.0 }
}

/// Refuses evidence URLs other than those of loopback and of the target's own hosts.
fn check_evidence_hosts(header: &Header<'_>, target: &Target) -> Result<(), ConfigError> {
    let own = [&target.backend, &target.auth, &target.websocket].map(Url::host);
    for source in target.manifests.values().chain(&target.logs).chain(&target.jwks) {
        let EvidenceLocation::Url(url) = source else { continue };
        if !is_loopback(url) && !own.contains(&url.host()) {
            let host = url.host_str().unwrap_or_default();
            return Err(
                header.error(format!("evidence is read from loopback and from the target's hosts, not from `{host}`"))
            );
        }
    }
    Ok(())
}
