//! A target for evidence that comes without one. Hosts, names and roles follow from the recording.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use crate::config::{
    Access, Budget, Claims, DeployedNames, Endpoint, SecretSource, Target, UnusualProbes, User, Validation,
    VersionPlace,
};
use crate::evidence::{Declaration, Layout};
use crate::explain::pieces::Pieces;
use crate::har::Recorded;
use crate::terms::{Algorithm, EndpointKind, EvidenceSource, Platform, Role, Service, TokenLocation};

/// The name of the only user: the one who made the recording.
pub(super) const USER: &str = "recorded";

/// The words by which services and variables are recognised.
#[derive(Debug, Deserialize)]
struct Assumed {
    auth: Vec<String>,
    health: Vec<String>,
    issuer: Vec<String>,
    introspection: Vec<String>,
    variables: BTreeMap<String, Vec<String>>,
}

static ASSUMED: LazyLock<Assumed> =
    LazyLock::new(|| toml::from_str(include_str!("assumed.toml")).expect("the shipped words parse"));

/// Makes a target of the evidence, and notes what it assumes.
pub(super) fn target(pieces: &Pieces, assumptions: &mut Vec<String>) -> Target {
    let names = names(pieces);
    let (backend, auth) = bases(pieces);
    let has_calls = !pieces.recorded.is_empty();
    assumptions.push(match (&names.backend, &names.auth, has_calls) {
        (Some(backend), Some(auth), _) => {
            format!("No target file was given: by its name, {auth} is the auth service, and {backend} the backend.")
        }
        (_, _, true) => "No target file was given: the roles of services and endpoints follow from their names and \
                         from the recorded calls, so the verdict cannot be certain about the auth service."
            .to_owned(),
        _ => "No target file was given: every entry counts as written by the backend, unless its service's name \
              says otherwise."
            .to_owned(),
    });
    Target {
        name: "evidence".to_owned(),
        production: false,
        twin: false,
        recorded: true,
        websocket: backend.clone(),
        backend,
        auth,
        direct: None,
        tagged_urls: BTreeMap::new(),
        proxy: None,
        browser: None,
        evidence_sources: BTreeSet::from([EvidenceSource::Edge]),
        endpoints: BTreeMap::new(),
        users: vec![user()],
        claims: claims(),
        signing_secret: SecretSource { purpose: "the signing secret".to_owned(), min_bytes: 0, sources: Vec::new() },
        algorithm: Algorithm::default(),
        jwks: None,
        caller: None,
        validation: Validation::Unknown,
        startup_check: None,
        may_have_agents: true,
        platform: platform(pieces, &names),
        budget: budget(),
        load: None,
        manifests: BTreeMap::new(),
        logs: Vec::new(),
        owners: BTreeMap::new(),
        variables: variables(pieces),
        names,
        catalogue: Vec::new(),
        scenarios: None,
        known_failures: Vec::new(),
        objectives: Vec::new(),
        trace_url: None,
        otlp: None,
        probes: UnusualProbes { test_headers: false },
        version: VersionPlace::default(),
        receivers: crate::config::Receivers::default(),
        access: Access::default(),
    }
}

fn user() -> User {
    User {
        name: USER.to_owned(),
        sub: String::new(),
        email: String::new(),
        permissions: Vec::new(),
        claims: serde_json::Map::new(),
        secrets: BTreeMap::new(),
    }
}

fn claims() -> Claims {
    Claims {
        iss: String::new(),
        aud: None,
        token_type: None,
        r#type: None,
        ttl: Duration::from_secs(300),
        extra: serde_json::Map::new(),
    }
}

/// Nothing is sent, so no limit matters.
fn budget() -> Budget {
    Budget {
        run: Duration::ZERO,
        probe: Duration::from_secs(60),
        connect: Duration::ZERO,
        requests_per_minute: 1,
        concurrency: None,
        diagnosis_probes: 0,
        body_bytes: 1 << 20,
        events: 1000,
    }
}

/// Returns the platform of the manifests, or Cloud Run if the log entries name a project or a region.
fn platform(pieces: &Pieces, names: &DeployedNames) -> Platform {
    let declared = pieces.declared(&DeployedNames::default()).unwrap_or_default();
    let of_layout = |layout: Layout| match layout {
        Layout::CloudRun => Some(Platform::CloudRun),
        Layout::Kubernetes => Some(Platform::Kubernetes),
        Layout::Ecs => Some(Platform::Ecs),
        Layout::Compose => Some(Platform::Compose),
        Layout::EnvFile => None,
    };
    let is_named = names.project.is_some() || names.region.is_some();
    let otherwise = if is_named { Platform::CloudRun } else { Platform::None };
    declared.iter().find_map(|one| of_layout(one.manifest.layout)).unwrap_or(otherwise)
}

/// Returns the deployed names that manifests and log entries show.
fn names(pieces: &Pieces) -> DeployedNames {
    let of_logs = pieces.logs.iter().flat_map(|(_, log)| log.writers().map(str::to_owned));
    // A manifest that cannot be read is refused later, with its place.
    let declared = pieces.declared(&DeployedNames::default()).unwrap_or_default();
    // A compose file has databases and caches too. Its order is no evidence of what a service is.
    let is_one = |one: &&Declaration| !matches!(one.manifest.layout, Layout::Compose);
    let declared = declared.iter().filter(is_one).map(|one| one.service_name().to_owned());
    let named: BTreeSet<String> = declared.chain(of_logs).collect();
    let auth = named.iter().find(|name| is_auth(name)).cloned();
    let backend = named.iter().find(|name| !is_auth(name)).cloned();
    let only = |label: &str| {
        let mut values: BTreeSet<String> =
            pieces.manifests.iter().flat_map(|piece| labels(&piece.text, label)).collect();
        values.pop_first().filter(|_| values.is_empty())
    };
    DeployedNames {
        backend,
        auth,
        project: only(r#""namespace""#),
        region: only(r#""cloud.googleapis.com/location""#),
        ..DeployedNames::default()
    }
}

/// Returns the values of a key in the JSON of a manifest.
fn labels(text: &str, label: &str) -> BTreeSet<String> {
    let of = |at: usize| {
        let rest = text[at + label.len()..].trim_start_matches([' ', ':', '\n', '\r', '\t']).strip_prefix('"')?;
        rest.split('"').next().map(str::to_owned)
    };
    text.match_indices(label).filter_map(|(at, _)| of(at)).collect()
}

/// Returns the roles of variables, each with its names that a manifest sets or a log names.
fn variables(pieces: &Pieces) -> BTreeMap<String, Vec<String>> {
    let is_set = |name: &String| pieces.manifests.iter().any(|piece| piece.text.contains(&format!("\"{name}\"")));
    let is_logged =
        |name: &String| pieces.logs.iter().flat_map(|(_, log)| log.texts()).any(|text| names_variable(text, name));
    let used = |names: &[String]| names.iter().filter(|name| is_set(name) || is_logged(name)).cloned().collect();
    let roles = ASSUMED.variables.iter().map(|(role, names)| (role.clone(), used(names)));
    roles.filter(|(_, names): &(String, Vec<String>)| !names.is_empty()).collect()
}

/// Reports whether a text has the name of a variable, and not as a part of a longer name.
fn names_variable(text: &str, name: &str) -> bool {
    let part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(part) && !text[at + name.len()..].chars().next().is_some_and(part)
    })
}

/// Reports whether a deployed name or a host is that of an auth service.
fn is_auth(name: &str) -> bool {
    let parts = name.split(['.', '-', '_']).map(str::to_ascii_lowercase);
    parts.into_iter().any(|part| ASSUMED.auth.iter().any(|word| part.starts_with(word.as_str())))
}

/// Returns the origins of backend and auth service: those of most calls. Where no call is recorded, those of the log.
fn bases(pieces: &Pieces) -> (Url, Url) {
    let nowhere = |host: &str| Url::parse(&format!("http://{host}.invalid/")).expect("a constant URL");
    let recorded: Vec<Url> = pieces.recorded.iter().filter(|one| !one.is_asset).map(|one| one.url.clone()).collect();
    if !recorded.is_empty() {
        let (backend, auth) = (most(&recorded, false), most(&recorded, true));
        let backend = backend.or_else(|| auth.clone()).unwrap_or_else(|| nowhere("backend"));
        return (backend.clone(), auth.unwrap_or(backend));
    }
    let logged = pieces.logs.iter().flat_map(|(_, log)| log.urls()).map(str::to_owned);
    let logged: Vec<Url> = logged.filter_map(|url| Url::parse(&url).ok()).collect();
    // The entries name their service, so two services need two origins.
    let backend = most(&logged, false).unwrap_or_else(|| nowhere("backend"));
    (backend, most(&logged, true).unwrap_or_else(|| nowhere("auth")))
}

/// Returns the origin of most URLs of the auth service, or of all other services.
fn most(urls: &[Url], of_auth: bool) -> Option<Url> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for url in urls.iter().filter(|url| is_auth_host(url) == of_auth) {
        *counts.entry(&url[..url::Position::BeforePath]).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).and_then(|(origin, _)| Url::parse(origin).ok())
}

fn is_auth_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host.split('.').next().is_some_and(is_auth))
}

/// Adds an endpoint for every recorded call that the target does not describe.
pub(super) fn add_endpoints(target: &mut Target, recorded: &[Recorded]) {
    for one in recorded {
        let id = endpoint_id(one, target);
        target.endpoints.entry(id.clone()).or_insert_with(|| endpoint(id, one));
    }
    for one in recorded {
        let id = endpoint_id(one, target);
        // Where one call carries a credential, the endpoint takes one.
        if let (Some(credential), Some(endpoint)) = (one.credential, target.endpoints.get_mut(&id)) {
            if endpoint.token_locations.is_empty() {
                endpoint.token_locations = vec![credential.location];
            }
            if endpoint.role == Role::Optional {
                endpoint.role = Role::Protected;
            }
        }
        // Where one call was refused, the endpoint asks for a credential.
        if let (Some(401 | 403), Some(endpoint)) = (one.exchange.meant_status(), target.endpoints.get_mut(&id))
            && endpoint.role == Role::Optional
        {
            endpoint.role = Role::Protected;
        }
    }
}

/// Adds the endpoints at which the auth service was asked about a token.
pub(super) fn add_introspections(target: &mut Target, asked: BTreeSet<(String, String)>) {
    for (method, path) in asked {
        let known = |one: &Endpoint| one.service == Service::Auth && one.path == path;
        if target.endpoints.values().any(known) {
            continue;
        }
        let id = format!("auth.{}-{}", method.to_ascii_lowercase(), named(path.split('/')));
        let introspection = Endpoint {
            role: Role::Introspection,
            token_locations: vec![TokenLocation::Body],
            ..Endpoint::bare(id.clone(), Service::Auth, method, path)
        };
        target.endpoints.insert(id, introspection);
    }
}

/// Reports whether a path of the auth service judges a token.
pub(super) fn introspects(path: &str) -> bool {
    path.split('/').any(|part| ASSUMED.introspection.contains(&part.to_ascii_lowercase()))
}

/// Returns the id of the endpoint of a call: that of the target where it describes the call.
pub(crate) fn endpoint_id(one: &Recorded, target: &Target) -> String {
    let exchange = &one.exchange;
    // A log does not tell a refused handshake from another call.
    let is_logged = one.is_logged();
    let fits = |endpoint: &&Endpoint| {
        let bases = if endpoint.service == Service::Auth {
            vec![&target.auth]
        } else {
            vec![&target.backend, &target.websocket]
        };
        let is_there = bases.iter().any(|base| base.host_str() == one.url.host_str());
        is_there
            && !endpoint.past_edge
            && endpoint.method.eq_ignore_ascii_case(&exchange.request.method)
            && endpoint.path == one.url.path()
            && ((endpoint.kind == EndpointKind::Websocket) == one.is_socket || is_logged)
    };
    let known = target.endpoints.values().find(fits);
    known.map_or_else(|| made_up_id(one), |endpoint| endpoint.id.clone())
}

fn made_up_id(one: &Recorded) -> String {
    let service = if is_auth_host(&one.url) { "auth" } else { "backend" };
    let method = if one.is_socket { "socket".to_owned() } else { one.exchange.request.method.to_ascii_lowercase() };
    format!("{service}.{method}-{}", named(one.url.path_segments().into_iter().flatten()))
}

/// Returns the segments of a path as a part of an id.
fn named<'a>(segments: impl Iterator<Item = &'a str>) -> String {
    let segments = segments.filter(|part| !part.is_empty());
    let named: Vec<String> = segments.map(|part| if is_id(part) { "id".to_owned() } else { plain(part) }).collect();
    if named.is_empty() { "root".to_owned() } else { named.join("-") }
}

fn plain(part: &str) -> String {
    part.chars()
        .take(32)
        .map(|sign| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '-' })
        .collect()
}

/// Reports whether a segment of a path is an id: it has a digit, and is long or a number.
fn is_id(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    digits == part.len() || (digits > 0 && part.len() >= 12)
}

fn endpoint(id: String, one: &Recorded) -> Endpoint {
    let service = if id.starts_with("auth.") { Service::Auth } else { Service::Backend };
    let kind = kind(one);
    let (role, takes_token) = role(one, service);
    let locations =
        if takes_token { vec![one.credential.map_or(TokenLocation::Header, |one| one.location)] } else { Vec::new() };
    Endpoint {
        kind,
        role,
        body: one.exchange.request.body.as_ref().map(|_| serde_json::Value::Null),
        token_locations: locations,
        ..Endpoint::bare(id, service, one.exchange.request.method.clone(), one.url.path().to_owned())
    }
}

fn kind(one: &Recorded) -> EndpointKind {
    let is_stream = one.exchange.header("content-type").is_some_and(|media| media.starts_with("text/event-stream"));
    match (one.is_socket, is_stream) {
        (true, _) => EndpointKind::Websocket,
        (_, true) => EndpointKind::Sse,
        _ => EndpointKind::Http,
    }
}

/// Returns what the diagnosis may use an endpoint for, and whether it takes a token.
fn role(one: &Recorded, service: Service) -> (Role, bool) {
    let has = |words: &[String]| {
        let segments = one.url.path_segments().into_iter().flatten().map(str::to_ascii_lowercase);
        segments.into_iter().any(|part| words.contains(&part))
    };
    let refused = matches!(one.exchange.meant_status(), Some(401 | 403));
    match () {
        () if one.credential.is_none() && has(&ASSUMED.health) => (Role::Health, false),
        () if one.exchange.request.method == "POST" && has(&ASSUMED.issuer) => {
            (if service == Service::Auth { Role::Issuer } else { Role::Open }, false)
        }
        () if one.credential.is_some() || refused || one.is_socket => (Role::Protected, true),
        () => (Role::Optional, true),
    }
}
