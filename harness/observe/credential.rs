//! What one exchange shows about the credential.

use serde_json::Value;

use super::outcome::body_json;
use super::{Authn, Because, Outcome};
use crate::config::{Endpoint, User};
use crate::observe::challenge;
use crate::observe::challenge::Bearer;
use crate::probe::Exchange;
use crate::terms::{Caller, Role, TokenKind};

/// Returns what became of the credential.
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

/// Returns the user that the response names: the first string under the endpoint's identity path, in the body, an event
/// or a frame.
pub(super) fn identity(exchange: &Exchange, endpoint: &Endpoint) -> Option<String> {
    let path = endpoint.identity.as_ref()?;
    let find = |json: &Value| path.query(json).all().into_iter().find_map(Value::as_str).map(str::to_owned);
    let streamed = exchange.events.iter().map(|event| &event.data).chain(exchange.received().map(|frame| &frame.data));
    body_json(exchange)
        .as_ref()
        .and_then(find)
        .or_else(|| streamed.filter_map(|data| serde_json::from_str(data).ok()).find_map(|json| find(&json)))
}

/// Returns the name by which the response may name this user: the subject, or else the e-mail address that it has. An address
/// in the response is compared with that of a user without a subject.
pub(crate) fn own_name<'a>(user: &'a User, exchange: &Exchange, endpoint: &Endpoint) -> &'a str {
    let is_address = |who: &String| *who == user.email || (user.sub.is_empty() && who.contains('@'));
    let by_address = !user.email.is_empty() && identity(exchange, endpoint).as_ref().is_some_and(is_address);
    if by_address { &user.email } else { &user.sub }
}

fn accepted(token: TokenKind, sub: &str, identity: Option<&str>) -> Authn {
    match (token, identity) {
        (token, _) if !token.is_sent() => Authn::Anonymous,
        // The target need not name the subject where the auth service issues the tokens.
        (token, Some(who)) if !token.may_name_another_subject() && !sub.is_empty() && who != sub => {
            Authn::AcceptedAsOther
        }
        _ => Authn::Accepted,
    }
}

fn refused(exchange: &Exchange, endpoint: &Endpoint) -> Authn {
    let caller_refused =
        endpoint.caller_rejected.as_ref().zip(body_json(exchange)).is_some_and(|(rule, json)| rule.holds(&json));
    if caller_refused {
        return Authn::CallerRejected;
    }
    let token = exchange.probe.token;
    match challenge::bearer(exchange) {
        Some(_) if !token.is_sent() && !endpoint.takes_caller => Authn::Missing,
        Some(Bearer::InvalidToken) => Authn::Rejected,
        Some(Bearer::InsufficientScope) if token.should_be_accepted() => Authn::Accepted,
        // A challenge without an error code means that no token was seen (RFC 6750, 3.1), but some frameworks never
        // give a code.
        Some(Bearer::Bare) if token.should_be_accepted() => Authn::Unknown,
        _ => by_status(exchange, endpoint, token),
    }
}

fn by_status(exchange: &Exchange, endpoint: &Endpoint, token: TokenKind) -> Authn {
    let by_rule = endpoint.caller_rejected.is_some() && exchange.status() == Some(200);
    if endpoint.takes_caller && exchange.probe.caller != Caller::Right && !by_rule {
        Authn::Unknown
    } else if !token.is_sent() {
        Authn::Missing
    } else if endpoint.takes_caller && token.should_be_accepted() && !by_rule {
        Authn::Unknown
    } else if !token.should_be_accepted() || exchange.meant_status() != Some(403) {
        Authn::Rejected
    } else {
        Authn::Unknown
    }
}

/// Reports whether an endpoint with optional sign-in answered successfully, but not as the user of the token: that is a
/// refusal.
///
/// Returns `false` for an endpoint whose response never names the user.
pub(super) fn served_without_the_user(endpoint: &Endpoint, identity: Option<&str>, sub: &str) -> bool {
    endpoint.role == Role::Optional
        && endpoint.identity.is_some()
        && (identity.is_none() || (!sub.is_empty() && identity != Some(sub)))
}

/// Returns the reason for [`served_without_the_user`], with its evidence.
pub(super) fn not_the_user(identity: Option<&str>) -> Because {
    let bytes =
        identity.map_or_else(|| "the response names no user".to_owned(), |who| format!("the response names {who:?}"));
    Because { claim: "the service answered, but not as the signed-in user".to_owned(), bytes }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::{exchange, staging};
    use crate::observe::observe;

    #[rstest]
    #[case::subject("sub", true, Authn::Accepted)]
    #[case::email("email", true, Authn::Accepted)]
    #[case::another_user("other", true, Authn::AcceptedAsOther)]
    #[case::email_of_a_user_without_a_subject("email", false, Authn::Accepted)]
    #[case::another_address("other", false, Authn::AcceptedAsOther)]
    #[case::an_unknown_subject("sub", false, Authn::Accepted)]
    fn a_response_may_name_the_user_by_subject_or_email(
        #[case] names: &str,
        #[case] has_subject: bool,
        #[case] expected: Authn,
    ) {
        const ON: &str = "backend.threads";
        let target = staging();
        let known = &target.users[0];
        let user = &User { sub: if has_subject { known.sub.clone() } else { String::new() }, ..known.clone() };
        let who = match names {
            "sub" => &known.sub,
            "email" => &user.email,
            _ => "somebody@example.test",
        };
        let body = format!(r#"{{"threads":[],"user":"{who}"}}"#);
        let sent = exchange(ON, TokenKind::Valid).answered(200, "application/json", &body);
        let path = serde_json_path::JsonPath::parse("$.user").expect("a path");
        let endpoint = Endpoint { identity: Some(path), ..target.endpoints[ON].clone() };
        let seen = observe(&sent, &endpoint, own_name(user, &sent, &endpoint)).expect("an observation");
        assert_eq!(seen.authn, expected);
    }
}
