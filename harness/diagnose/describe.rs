//! Readings in words, for the chain of whys and for what is ruled out. Sits in `diagnose`.

use super::cell::{Cell, Place};
use super::reading::Reading;
use super::verdict::Proof;
use crate::config::Target;
use crate::observe::{Authn, Outcome};
use crate::terms::{Caller, Hop, TokenKind, TokenLocation};

/// `POST /auth/validate with our token, as the right caller: 200, accepted, in 9 ms`.
pub(super) fn reading(reading: &Reading<'_>, target: &Target) -> Proof {
    let observation = reading.observation;
    let call = call(&observation.probe.endpoint, target);
    let with = with(&reading.cell);
    let ended = ended(reading);
    let says = format!("{call}{with}: {ended}, in {} ms", observation.took_ms);
    Proof::new(says, Some(observation.exchange))
}

/// `POST /api/chat/stream`; a WebSocket is called `WebSocket /ws`.
pub(super) fn call(endpoint: &str, target: &Target) -> String {
    let Some(endpoint) = target.endpoints.get(endpoint) else { return endpoint.to_owned() };
    let past = if endpoint.past_edge { " past the edge" } else { "" };
    match endpoint.kind {
        crate::terms::EndpointKind::Websocket => format!("WebSocket {}{past}", endpoint.path),
        _ => format!("{} {}{past}", endpoint.method, endpoint.path),
    }
}

fn with(cell: &Cell) -> String {
    let credential = match (cell.place, cell.token) {
        (Place::BackendHealth | Place::DirectHealth | Place::AuthHealth | Place::Issuer | Place::SelfCheck, _) => {
            String::new()
        }
        (_, token) => format!(" {}", token_words(token)),
    };
    let token_location = match cell.token_location {
        TokenLocation::Subprotocol => " as a subprotocol",
        TokenLocation::Query => " in the URL",
        TokenLocation::Header | TokenLocation::Body => "",
    };
    let user = if cell.same_user { "" } else { " of another user" };
    let caller = match cell.caller {
        None => "",
        Some(Caller::None) => ", as no caller",
        Some(Caller::Right) => ", as the right caller",
        Some(Caller::WrongSecret) => ", as a caller with a wrong secret",
        Some(Caller::WrongId) => ", as a caller with an unknown id",
        Some(Caller::IdOnly) => ", as a caller without a secret",
    };
    format!("{credential}{user}{token_location}{caller}")
}

const fn token_words(token: TokenKind) -> &'static str {
    match token {
        TokenKind::Valid => "with our token",
        TokenKind::None => "without a token",
        TokenKind::Malformed => "with a malformed token",
        TokenKind::Expired => "with an expired token",
        TokenKind::NotYetValid => "with a token that is not yet valid",
        TokenKind::WrongKey => "with a token signed by a foreign key",
        TokenKind::AlgNone => "with an unsigned token",
        TokenKind::WrongIssuer => "with another issuer's token",
        TokenKind::WrongAudience => "with a token for another audience",
        TokenKind::UnknownUser => "with a token for an unknown user",
        TokenKind::Revoked => "with a revoked token",
        TokenKind::Issued => "with a token that the auth service minted",
    }
}

fn ended(reading: &Reading<'_>) -> String {
    let observation = reading.observation;
    let status = match (observation.status, observation.close_code) {
        (Some(101), Some(code)) => format!("closed with {code}, "),
        (Some(status), _) => format!("{status}, "),
        (None, _) => String::new(),
    };
    let word = match (observation.result, observation.authn, reading.cell.place) {
        (Outcome::Ok, Authn::AcceptedAsOther, _) => "accepted as somebody else",
        (Outcome::Ok, _, Place::Protected | Place::Direct | Place::Introspection) => "accepted",
        (Outcome::Ok, _, _) => "ok",
        (Outcome::Denied, Authn::CallerRejected, _) => "the caller refused",
        (Outcome::Denied, _, _) => "refused",
        (Outcome::Refused, _, _) => "connection refused",
        (Outcome::Reset, _, _) => "connection closed without an answer",
        (Outcome::DnsFailed, _, _) => "the name does not resolve",
        (Outcome::TlsFailed, _, _) => "TLS failed",
        (Outcome::TimedOut, _, _) => "no answer in time",
        (Outcome::WrongService, _, _) => "not this service's answer",
        (other, _, _) => other.as_str(),
    };
    let by = if reading.answered_by == Hop::Edge { " by the edge" } else { "" };
    format!("{status}{word}{by}")
}
