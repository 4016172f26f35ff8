//! Makes a [`Target`] of the merged layers.

use crate::config::target::as_websocket;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use url::Url;

use crate::config::file::csrf_layer::CsrfLayer;
use crate::config::file::endpoint_layer::EndpointLayer;
use crate::config::file::identity::{
    caller, claims, client_certificate, client_certificates_for, secrets_of_target, users,
};
use crate::config::file::layer::{
    BrowserLayer, BudgetLayer, KnownFailureText, Layer, NamesLayer, TaggedUrlLayer, VersionLayer, WrittenAuth,
};
use crate::config::file::login::{LoginLayer, TOKEN};
use crate::config::file::sources::{EvidenceText, LogText, SecretText};
use crate::config::target::is_loopback;
use crate::config::telemetry::written::ObjectiveLayer;
use crate::config::{
    Access, AuthPlace, Browser, Budget, Csrf, DeployedNames, Endpoint, EvidenceLocation, KnownFailure, LogSource,
    Objective, SecretOrigin, SecretSource, TaggedUrl, Target, TokenOrigin, UnusualProbes, Validation, VersionPlace,
};
use crate::document::nearest_or_all;
use crate::document::values::BaseUrl;
use crate::document::written::{Entry, OneOrMany};
use crate::document::{ConfigError, Source};
use crate::host::environment;
use crate::terms::{EvidenceSource, Platform, Role, Service};

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
    let (place, auth) = auth(header, layer.auth.map(|text| text.0), &layer.login, twin, &backend)?;
    let websocket = layer.websocket.map_or_else(|| as_websocket(&backend), |url| url.0);
    let endpoints = endpoints(header, layer.endpoint.0, &layer.login)?;
    let tokens = tokens(header, twin, layer.signing_secret.is_some(), &endpoints)?;
    let logs_in = tokens == TokenOrigin::Login;
    let csrf = csrf(header, layer.csrf, &endpoints)?;
    let direct = layer.direct.map(|url| (as_websocket(&url.0), url.0)).map(|(websocket, http)| (http, websocket));
    let manifests = manifests(layer.manifest.backend, layer.manifest.auth);
    let logs: Vec<LogSource> = layer.logs.unwrap_or_default().0.into_iter().map(LogText::resolve).collect();
    let on_this_machine = !twin && [&backend, &auth].into_iter().all(is_loopback);
    let usual = || if on_this_machine { Platform::None } else { platform(&manifests, &logs, &layer.names) };
    let platform = layer.platform.unwrap_or_else(usual);
    let variables: BTreeMap<_, _> = layer.variables.0.into_iter().map(|entry| (entry.name, entry.value.0)).collect();
    let objectives = objectives(header, layer.objectives.0, &endpoints)?;
    let mut target = Target {
        direct,
        tagged_urls: tagged_urls(layer.tagged_url),
        name: header.name.to_owned(),
        production: layer.production.unwrap_or(false),
        twin,
        recorded: false,
        proxy: layer.proxy.map(|proxy| proxy.0),
        browser: browser(header, layer.browser)?,
        evidence_sources: layer.evidence.unwrap_or_default().into_iter().chain([EvidenceSource::Edge]).collect(),
        endpoints,
        users: users(header, layer.user.0, logs_in)?,
        claims: claims(header, layer.claims, logs_in.then(|| layer.login.audience()).flatten(), logs_in)?,
        signing_secret: header.secret("the signing secret", LEAST_SECRET_BYTES, layer.signing_secret),
        algorithm: layer.algorithm.unwrap_or_default(),
        jwks: layer.jwks.map(|jwks| jwks.0),
        caller: caller(header, layer.caller)?,
        validation: layer.validation.unwrap_or(Validation::Unknown),
        startup_check: layer.startup_check,
        may_have_agents: layer.agents.is_none_or(|agents| agents.0),
        budget: budget(layer.budget),
        load: layer.load.resolve(header.name)?,
        manifests,
        logs,
        platform,
        owners: layer.owners.0.into_iter().map(|entry| (entry.name, entry.value)).collect(),
        names: names(layer.names, &variables),
        variables,
        scenarios: layer.scenarios,
        catalogue: layer.catalogue.unwrap_or_default().0,
        known_failures: layer.known_failure.unwrap_or_default().into_iter().map(known_failure).collect(),
        probes: UnusualProbes { test_headers: layer.probes.test_headers.unwrap_or(true) },
        version: version(layer.version),
        objectives,
        trace_url: layer.trace_url.map(|url| url.0),
        otlp: layer.otlp.map(|otlp| otlp.0),
        receivers: layer.watch.resolve(header)?,
        access: Access {
            auth: place,
            tokens,
            secrets: secrets_of_target(header, layer.secrets, layer.login.client_secret),
            ca: layer.ca.unwrap_or_default().0,
            client_certificate: client_certificate(header, layer.client_certificate)?,
            client_certificate_for: BTreeMap::new(),
            csrf,
            fixed: Vec::new(),
        },
        backend,
        auth,
        websocket,
    };
    let hosts: BTreeSet<String> = target.bases().filter_map(Url::host_str).map(str::to_owned).collect();
    target.access.client_certificate_for = client_certificates_for(header, layer.client_certificate_for.0, &hosts)?;
    check_evidence_hosts(header, &target)?;
    check_auth(header, &target)?;
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

/// Returns where the auth service is, and its URL. Without one, the URL of the backend stands for it.
fn auth(
    header: &Header<'_>,
    written: Option<WrittenAuth>,
    login: &LoginLayer,
    twin: bool,
    backend: &Url,
) -> Result<(AuthPlace, Url), ConfigError> {
    match written {
        Some(WrittenAuth::At(url)) => Ok((AuthPlace::Public, url)),
        Some(WrittenAuth::Absent | WrittenAuth::Internal) if !login.is_empty() => {
            let message = format!("the target `{}` has a `login`, which is a call of the auth service", header.name);
            Err(header.error(message).help("remove `auth`: the host of the login is the auth service"))
        }
        Some(WrittenAuth::Absent) => Ok((AuthPlace::Absent, backend.clone())),
        Some(WrittenAuth::Internal) => Ok((AuthPlace::Internal, backend.clone())),
        None => {
            let missing = url(header, login.origin(), twin, "auth");
            let help = "set it to the URL of the auth service, to `none` if there is no such service, or to `internal` if this machine cannot call it";
            missing.map(|url| (AuthPlace::Public, url)).map_err(|error| error.help(help))
        }
    }
}

/// Refuses endpoints and evidence that need the URL of an auth service, where it has none.
fn check_auth(header: &Header<'_>, target: &Target) -> Result<(), ConfigError> {
    let word = match target.access.auth {
        AuthPlace::Public => return Ok(()),
        AuthPlace::Internal => "internal",
        AuthPlace::Absent => "none",
    };
    let name = header.name;
    let mut of_auth = target.endpoints.values().filter(|endpoint| endpoint.service == Service::Auth).peekable();
    if target.evidence_sources.contains(&EvidenceSource::Auth) && of_auth.peek().is_none() {
        let message = format!("the target `{name}` grants the evidence `auth`, and has `auth = \"{word}\"`");
        return Err(header.error(message).help("leave `auth` out of `evidence`"));
    }
    let is_lost = |endpoint: &&Endpoint| endpoint.form.base.is_none() || !target.has_auth_service();
    let Some(endpoint) = of_auth.find(is_lost) else { return Ok(()) };
    let message = format!("the target `{name}` has the endpoint `{}`, and `auth = \"{word}\"`", endpoint.id);
    Err(header.error(message).help("name it `backend.…` if the backend serves it, or give it a `base_url`"))
}

/// Returns a placeholder for a missing URL, for a target that is only checked.
pub(crate) fn anywhere() -> BaseUrl {
    BaseUrl(Url::parse(UNTIL_BOOT).expect("a constant URL"))
}

fn endpoints(
    header: &Header<'_>,
    entries: Vec<Entry<EndpointLayer>>,
    login: &LoginLayer,
) -> Result<BTreeMap<String, Endpoint>, ConfigError> {
    let resolve = |entry: Entry<EndpointLayer>| {
        let Entry { name, span, source, value } = entry;
        let endpoint = value.resolve(&name);
        let endpoint =
            endpoint.map_err(|flaw| ConfigError::new(flaw).at(source.as_ref().unwrap_or(header.source), span))?;
        Ok((name, endpoint))
    };
    let mut endpoints: BTreeMap<_, _> = entries.into_iter().map(resolve).collect::<Result<_, ConfigError>>()?;
    if endpoints.is_empty() {
        return Err(header.error(format!("the target `{}` has no endpoint: nothing can be called", header.name)));
    }
    if !login.is_empty() {
        let of_login =
            login.endpoints().map_err(|flaw| header.error(format!("the target `{}`: {flaw}", header.name)))?;
        if let Some(issuer) = endpoints.values().find(|endpoint| endpoint.role == Role::Issuer || endpoint.id == TOKEN)
        {
            let message =
                format!("the target `{}` has a `login` and the issuer `{}`: write one of them", header.name, issuer.id);
            return Err(header.error(message));
        }
        endpoints.extend(of_login.into_iter().map(|endpoint| (endpoint.id.clone(), endpoint)));
    }
    Ok(endpoints)
}

/// Returns the objectives. An endpoint that one of them covers must exist.
fn objectives(
    header: &Header<'_>,
    entries: Vec<Entry<ObjectiveLayer>>,
    endpoints: &BTreeMap<String, Endpoint>,
) -> Result<Vec<Objective>, ConfigError> {
    let resolve = |entry: Entry<ObjectiveLayer>| {
        let Entry { name, span, source, value } = entry;
        let source = source.as_ref().unwrap_or(header.source);
        let line = 1 + source.text().get(..span.start).map_or(0, |before| before.matches('\n').count());
        let objective = value.resolve(&name, format!("{}:{line}", source.name()));
        let objective = objective.map_err(|flaw| ConfigError::new(flaw).at(source, span.clone()))?;
        let unknown = objective.covers.endpoints.iter().find(|endpoint| !endpoints.contains_key(*endpoint));
        let Some(unknown) = unknown else { return Ok(objective) };
        let known: Vec<&str> = endpoints.keys().map(String::as_str).collect();
        let message = format!("the objective `{name}` covers the unknown endpoint `{unknown}`");
        Err(ConfigError::new(message).at(source, span).help(nearest_or_all(unknown, &known)))
    };
    entries.into_iter().map(resolve).collect()
}

/// Returns where the token against cross-site request forgery comes from.
fn csrf(
    header: &Header<'_>,
    layer: CsrfLayer,
    endpoints: &BTreeMap<String, Endpoint>,
) -> Result<Option<Csrf>, ConfigError> {
    let csrf = layer.resolve().map_err(|flaw| header.error(format!("the target `{}`: {flaw}", header.name)))?;
    let Some(csrf) = csrf else { return Ok(None) };
    if !endpoints.contains_key(&csrf.endpoint) {
        let known: Vec<&str> = endpoints.keys().map(String::as_str).collect();
        let message = format!("`csrf` of the target `{}` names the unknown endpoint `{}`", header.name, csrf.endpoint);
        return Err(header.error(message).help(nearest_or_all(&csrf.endpoint, &known)));
    }
    Ok(Some(csrf))
}

/// Returns where the tokens of a target come from: without a signing key, an endpoint must issue them.
fn tokens(
    header: &Header<'_>,
    twin: bool,
    has_key: bool,
    endpoints: &BTreeMap<String, Endpoint>,
) -> Result<TokenOrigin, ConfigError> {
    if twin || has_key {
        return Ok(TokenOrigin::SigningKey);
    }
    if endpoints.values().any(|endpoint| endpoint.role == Role::Issuer) {
        return Ok(TokenOrigin::Login);
    }
    let message = format!("the target `{}` has no `signing_secret`, and nothing that issues tokens", header.name);
    Err(header.error(message).help(
        "set `signing_secret`, or let the auth service issue the tokens: with `login`, or with an endpoint of the role `issuer`",
    ))
}

fn browser(header: &Header<'_>, layer: BrowserLayer) -> Result<Option<Browser>, ConfigError> {
    let BrowserLayer { origin, credentials, foreign_origin } = layer;
    let Some(origin) = origin else {
        let is_written = credentials.is_some() || foreign_origin.is_some();
        return if is_written { header.needs(None, "browser.origin") } else { Ok(None) };
    };
    let foreign = foreign_origin.map(|origin| origin.0);
    if foreign.as_ref() == Some(&origin.0) {
        return Err(
            header.error("`browser.foreign_origin` is the page's own origin: name a page that must not be trusted")
        );
    }
    Ok(Some(Browser::at(origin.0, credentials.unwrap_or(false), foreign)))
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
    let NamesLayer { backend, auth, project, region, namespace, cluster } = layer;
    DeployedNames { backend, auth, project, region, namespace, cluster, shown }
}

/// Returns the platform whose tool reads the evidence, or else Cloud Run if the names have a project or a region. A target
/// on this machine has neither.
fn platform(manifests: &BTreeMap<Service, EvidenceLocation>, logs: &[LogSource], names: &NamesLayer) -> Platform {
    let tool = |location: &EvidenceLocation| match location {
        EvidenceLocation::Command(words) => words.first().and_then(|word| Platform::of_tool(word)),
        _ => None,
    };
    let of_tool = manifests.values().chain(logs.iter().map(|log| &log.from)).find_map(tool);
    let is_named = names.project.is_some() || names.region.is_some();
    of_tool.unwrap_or(if is_named { Platform::CloudRun } else { Platform::None })
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
    for source in target.manifests.values().chain(target.logs.iter().map(|log| &log.from)).chain(&target.jwks) {
        let EvidenceLocation::Url(url) = source else { continue };
        if !is_loopback(url) && !target.names_host(url) {
            let host = url.host_str().unwrap_or_default();
            return Err(
                header.error(format!("evidence is read from loopback and from the target's hosts, not from `{host}`"))
            );
        }
    }
    Ok(())
}
