//! What became of the credential, as far as one exchange tells. Sits in `observe`.

use serde_json::Value;

use super::outcome::body_json;
use super::{Authn, Outcome};
use crate::config::Endpoint;
use crate::observe::challenge;
use crate::observe::challenge::Bearer;
use crate::probe::Exchange;
use crate::terms::{Caller, Role, TokenKind};

/// What became of the credential.
pub(super) fn authn(
    exchange: &Exchange,
    endpoint: &Endpoint,
    outcome: Outcome,
    sub: &str,
    identity: Option<&str>,
) -> Authn {
    if !matches!(endpoint.role, Role::Protected | Role::Introspection | Role::Optional | Role::Logout | Role::Open)
        || endpoint.token_locations.is_empty()
    {
        return if outcome == Outcome::Ok { Authn::Anonymous } else { Authn::Unknown };
    }
    match outcome {
        Outcome::Ok if exchange.probe.token.is_sent() && endpoint.success_proves_nothing() => Authn::Unknown,
        Outcome::Ok => accepted(exchange.probe.token, sub, identity),
        Outcome::Denied => refused(exchange, endpoint),
        _ => Authn::Unknown,
    }
}

/// Who the answer says was signed in: the first string under the endpoint's identity path, in the body, an event or a frame.
pub(super) fn identity(exchange: &Exchange, endpoint: &Endpoint) -> Option<String> {
    let path = endpoint.identity.as_ref()?;
    let find = |json: &Value| path.query(json).all().into_iter().find_map(Value::as_str).map(str::to_owned);
    let streamed = exchange.events.iter().map(|event| &event.data).chain(exchange.received().map(|frame| &frame.data));
    body_json(exchange)
        .as_ref()
        .and_then(find)
        .or_else(|| streamed.filter_map(|data| serde_json::from_str(data).ok()).find_map(|json| find(&json)))
}

fn accepted(token: TokenKind, sub: &str, identity: Option<&str>) -> Authn {
    match (token, identity) {
        (TokenKind::None, _) => Authn::Anonymous,
        (token, Some(who)) if speaks_for_the_user(token) && who != sub => Authn::AcceptedAsOther,
        _ => Authn::Accepted,
    }
}

/// Whether a token of this kind carries the user's own `sub`, or nothing that could name anybody else. The auth service's own tokens
/// may name the user in another way.
const fn speaks_for_the_user(token: TokenKind) -> bool {
    !matches!(token, TokenKind::UnknownUser | TokenKind::Issued)
}

fn refused(exchange: &Exchange, endpoint: &Endpoint) -> Authn {
    let caller_refused =
        endpoint.caller_rejected.as_ref().zip(body_json(exchange)).is_some_and(|(rule, json)| rule.holds(&json));
    if caller_refused {
        return Authn::CallerRejected;
    }
    let token = exchange.probe.token;
    match challenge::bearer(exchange) {
        Some(_) if token == TokenKind::None && !endpoint.takes_caller => Authn::Missing,
        Some(Bearer::InvalidToken) => Authn::Rejected,
        Some(Bearer::InsufficientScope) if token.should_be_accepted() => Authn::Accepted,
        // RFC 6750, 3.1: so speaks who saw none. Frameworks that never give an error code speak so too.
        Some(Bearer::Bare) if token.should_be_accepted() => Authn::Unknown,
        _ => by_status(exchange, endpoint, token),
    }
}

fn by_status(exchange: &Exchange, endpoint: &Endpoint, token: TokenKind) -> Authn {
    let by_rule = endpoint.caller_rejected.is_some() && exchange.status() == Some(200);
    if endpoint.takes_caller && exchange.probe.caller != Caller::Right && !by_rule {
        Authn::Unknown
    } else if token == TokenKind::None {
        Authn::Missing
    } else if endpoint.takes_caller && token.should_be_accepted() && !by_rule {
        Authn::Unknown
    } else if !token.should_be_accepted() || exchange.status() != Some(403) {
        Authn::Rejected
    } else {
        Authn::Unknown
    }
}
