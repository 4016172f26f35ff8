//! Every probe that a diagnosis may ask for with the granted evidence.

use crate::config::{Endpoint, Target};
use crate::diagnose::infer::case::Case;
use crate::diagnose::readings::input::Given;
use crate::probe::ProbeKey;
use crate::terms::{Caller, EndpointKind, EvidenceSource, Role, Service, TokenKind, TokenLocation};

/// Returns all of them, the cheap and informative ones first.
pub(crate) fn possible(case: &Case<'_>) -> Vec<ProbeKey> {
    let (target, user) = (case.target, case.user());
    let mut keys: Vec<ProbeKey> = Vec::new();
    keys.extend(health(target, user));
    for endpoint in suspects(case) {
        keys.extend(on_endpoint(endpoint, target, user));
    }
    // The WebSocket before plain HTTP: most edges handle it differently.
    let mut direct: Vec<&Endpoint> = suspects(case);
    direct.get_mut(1..).into_iter().for_each(|others| others.sort_by_key(|one| one.kind != EndpointKind::Websocket));
    for endpoint in direct {
        keys.extend(direct_calls(endpoint, target, user));
    }
    if target.opens(EvidenceSource::Auth) {
        keys.extend(
            target
                .endpoints
                .values()
                .filter(|one| one.role == Role::Introspection)
                .flat_map(|one| at_introspection(one, target, user)),
        );
    }
    keys
}

/// Returns the probes that [`crate::diagnose::next_probe`] chooses from with the granted evidence and that were not sent yet.
#[must_use]
pub fn every_probe(given: Given<'_>) -> Vec<ProbeKey> {
    let case = Case::of(given, &[]);
    let mut open = possible(&case);
    open.extend(direct_health(case.target, case.user()));
    open.retain(|key| !case.readings.has(key));
    open
}

fn key(endpoint: &Endpoint, token: TokenKind, token_location: TokenLocation, caller: Caller, user: &str) -> ProbeKey {
    ProbeKey { endpoint: endpoint.id.clone(), token, token_location, caller, user: user.to_owned() }
}

fn health(target: &Target, user: &str) -> Vec<ProbeKey> {
    let open = target.endpoints.values().filter(|one| one.role == Role::Health);
    let open = open.filter(|one| one.service == Service::Backend || target.opens(EvidenceSource::Auth));
    open.map(|one| key(one, TokenKind::None, TokenLocation::Header, Caller::None, user)).collect()
}

/// Returns the protected endpoints worth probing: the first that failed, one over plain HTTP and one over a WebSocket.
fn suspects<'a>(case: &Case<'a>) -> Vec<&'a Endpoint> {
    let protected = || case.target.endpoints.values().filter(|one| one.role == Role::Protected);
    let failed = protected().find(|one| case.first_failing_endpoint() == Some(one.id.as_str()));
    let http = protected().find(|one| one.kind == EndpointKind::Http && one.method == "GET");
    let http = http.or_else(|| protected().find(|one| one.kind != EndpointKind::Websocket));
    let websocket = protected().find(|one| one.kind == EndpointKind::Websocket);
    let mut suspects: Vec<&Endpoint> = Vec::new();
    for one in failed.into_iter().chain(http).chain(websocket) {
        if !suspects.iter().any(|known| known.id == one.id) {
            suspects.push(one);
        }
    }
    suspects
}

fn on_endpoint(endpoint: &Endpoint, target: &Target, user: &str) -> Vec<ProbeKey> {
    let usual = endpoint.usual_token_location();
    let one = |token, token_location, user: &str| key(endpoint, token, token_location, Caller::None, user);
    let mut keys: Vec<ProbeKey> =
        endpoint.token_locations.iter().map(|token_location| one(TokenKind::Valid, *token_location, user)).collect();
    keys.extend([TokenKind::WrongKey, TokenKind::None].map(|token| one(token, usual, user)));
    if has_issuer(target) {
        keys.push(one(TokenKind::Issued, usual, user));
    }
    let other = target.users.iter().find(|other| other.name != user);
    keys.extend(other.map(|other| one(TokenKind::Valid, usual, &other.name)));
    keys
}

/// Returns the probes of the same endpoint directly at the backend, where that is granted: those of the endpoint
/// without a token signed with an unknown key.
fn direct_calls(endpoint: &Endpoint, target: &Target, user: &str) -> Vec<ProbeKey> {
    let here =
        target.endpoints.values().filter(|one| one.past_edge && one.path == endpoint.path && one.kind == endpoint.kind);
    let here = here.filter(|one| one.method == endpoint.method && target.opens(EvidenceSource::Direct));
    let ask = |one: &Endpoint| {
        let asked =
            on_endpoint(one, target, user).into_iter().filter(|key| key.token_location == one.usual_token_location());
        asked.filter(|key| key.token != TokenKind::WrongKey).collect::<Vec<_>>()
    };
    here.flat_map(ask).collect()
}

/// Returns the health check directly at the backend. It is sent before any other call there.
pub(crate) fn direct_health(target: &Target, user: &str) -> Option<ProbeKey> {
    let endpoint = target.endpoints.values().find(|one| one.past_edge && one.token_locations.is_empty())?;
    target
        .opens(EvidenceSource::Direct)
        .then(|| key(endpoint, TokenKind::None, TokenLocation::Header, Caller::None, user))
}

fn at_introspection(endpoint: &Endpoint, target: &Target, user: &str) -> Vec<ProbeKey> {
    let usual = endpoint.usual_token_location();
    let callers: &[Caller] = match (endpoint.takes_caller, target.opens(EvidenceSource::ServiceCredentials)) {
        (false, _) => &[Caller::None],
        (true, false) => &[Caller::None, Caller::WrongSecret],
        (true, true) => &[Caller::Right, Caller::None, Caller::WrongSecret, Caller::WrongId],
    };
    // Without an id, a wrong id is nothing that a request can have.
    let has_id = target.caller.as_ref().is_none_or(|caller| caller.scheme.has_id());
    let callers: Vec<Caller> = callers.iter().copied().filter(|caller| has_id || *caller != Caller::WrongId).collect();
    let mut keys: Vec<_> = callers.iter().map(|caller| key(endpoint, TokenKind::Valid, usual, *caller, user)).collect();
    if has_issuer(target) {
        keys.push(key(endpoint, TokenKind::Issued, usual, callers[0], user));
    }
    keys
}

fn has_issuer(target: &Target) -> bool {
    target.opens(EvidenceSource::Auth) && target.endpoints.values().any(|one| one.role == Role::Issuer)
}
