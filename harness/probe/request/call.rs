//! Looks up the endpoint and user that a request names, and checks that the granted evidence allows the call.

use crate::config::{Endpoint, Target};
use crate::probe::request::render::Call;
use crate::probe::{CannotProbe, ProbeKey, ProbeRequest};
use crate::terms::{Caller, EvidenceSource, Role, Service, TokenKind};

/// Looks up what a request names: [`resolve`] or [`for_login`].
pub(crate) type Lookup = for<'a> fn(&'a Target, &'a ProbeRequest) -> Result<Call<'a>, CannotProbe>;

/// Returns the endpoint and the user of a request.
///
/// # Errors
/// When one of them does not exist, the needed evidence is not granted, or the endpoint does not take a token at this
/// location.
pub(crate) fn resolve<'a>(target: &'a Target, request: &'a ProbeRequest) -> Result<Call<'a>, CannotProbe> {
    let call = for_login(target, request)?;
    let (key, endpoint) = (&request.key, call.endpoint);
    if let Some(evidence_source) = closed_evidence_source(target, endpoint, key.caller) {
        return Err(CannotProbe::EvidenceSourceClosed { endpoint: endpoint.id.clone(), evidence_source });
    }
    Ok(call)
}

/// Returns the endpoint and the user of a request by which a user logs in. Every client may do that, so it needs no
/// evidence.
///
/// # Errors
/// When one of them does not exist, or the endpoint does not take a token at this location.
pub(crate) fn for_login<'a>(target: &'a Target, request: &'a ProbeRequest) -> Result<Call<'a>, CannotProbe> {
    let ProbeKey { endpoint, token, token_location, user, .. } = &request.key;
    let endpoint = target.endpoints.get(endpoint).ok_or_else(|| CannotProbe::UnknownEndpoint(endpoint.clone()))?;
    let user = target.user(user).ok_or_else(|| CannotProbe::UnknownUser(user.clone()))?;
    let is_taken = endpoint.token_locations.is_empty() || endpoint.token_locations.contains(token_location);
    if token.is_sent() && !is_taken {
        return Err(CannotProbe::TokenLocationNotTaken {
            endpoint: endpoint.id.clone(),
            token_location: *token_location,
        });
    }
    Ok(Call { target, endpoint, user, request, address: None })
}

fn closed_evidence_source(target: &Target, endpoint: &Endpoint, caller: Caller) -> Option<EvidenceSource> {
    let uses_service_secret = endpoint.takes_caller && matches!(caller, Caller::Right | Caller::WrongId);
    let needed = [
        (endpoint.past_edge, EvidenceSource::Direct),
        (endpoint.service == Service::Auth, EvidenceSource::Auth),
        (uses_service_secret, EvidenceSource::ServiceCredentials),
    ];
    needed
        .into_iter()
        .find(|(needs, evidence_source)| *needs && !target.opens(*evidence_source))
        .map(|(_, evidence_source)| evidence_source)
}

/// Returns the request by which the target's first issuer endpoint mints a token for the user of `key`.
pub(crate) fn issuer(target: &Target, key: &ProbeKey) -> Result<ProbeRequest, CannotProbe> {
    let issuer = first(target, Role::Issuer).ok_or(CannotProbe::NoIssuer)?;
    Ok(request(target, issuer, TokenKind::None, key))
}

/// Returns the request of an endpoint without a token, for the user of `key`.
pub(crate) fn plain(target: &Target, id: &str, key: &ProbeKey) -> Result<ProbeRequest, CannotProbe> {
    let endpoint = target.endpoints.get(id).ok_or_else(|| CannotProbe::UnknownEndpoint(id.to_owned()))?;
    Ok(request(target, endpoint, TokenKind::None, key))
}

/// Returns the request that logs out a token of the user of `key`.
pub(crate) fn logout(target: &Target, key: &ProbeKey) -> Result<ProbeRequest, CannotProbe> {
    let logout = first(target, Role::Logout).ok_or(CannotProbe::NoLogout)?;
    Ok(request(target, logout, TokenKind::Revoked, key))
}

fn first(target: &Target, role: Role) -> Option<&Endpoint> {
    target.endpoints.values().find(|endpoint| endpoint.role == role)
}

fn request(target: &Target, endpoint: &Endpoint, token: TokenKind, key: &ProbeKey) -> ProbeRequest {
    let right = endpoint.takes_caller && target.opens(EvidenceSource::ServiceCredentials);
    ProbeRequest::new(ProbeKey {
        endpoint: endpoint.id.clone(),
        token,
        token_location: endpoint.usual_token_location(),
        caller: if right { Caller::Right } else { Caller::None },
        user: key.user.clone(),
    })
}
