//! The login and the logout that a recorded run made before it presented a token of the auth service. A run does not
//! record them, and its replay needs them.

use fivewhys_mocks::{Credential, RecordedAnswer, RecordedCall};
use serde_json::{Value, json};

use crate::config::{Endpoint, Target};
use crate::har::Recorded;
use crate::probe::ProbeKey;
use crate::replay::calls::entrance;
use crate::terms::{Role, TokenKind};

/// Returns one login for each call with a token of the auth service, and one logout for each call with a revoked one.
///
/// Their numbers follow those of the recording: the number of the call, plus once or twice the number of entries.
pub(super) fn unrecorded(calls: &[RecordedCall], recorded: &[Recorded], target: &Target) -> Vec<RecordedCall> {
    let is_recorded = |one: &Endpoint| calls.iter().any(|call| call.path == one.path && call.method == one.method);
    let of_role = |role| {
        let endpoint = target.endpoints.values().find(|one| one.role == role && !one.past_edge);
        endpoint.filter(|one| !is_recorded(one))
    };
    let (issuer, logout) = (of_role(Role::Issuer), of_role(Role::Logout));
    let probes = (1..).zip(recorded.iter().map(|one| &one.exchange.probe));
    let users = probes.filter(|(_, probe)| probe.token.is_minted_by_auth_service());
    let made = users.flat_map(|(number, probe)| {
        let login = issuer.map(|endpoint| {
            made(recorded.len() + number, endpoint, (TokenKind::None, probe), issued_body(endpoint), target)
        });
        let logout = logout
            .filter(|_| probe.token.is_logged_out())
            .map(|endpoint| made(2 * recorded.len() + number, endpoint, (probe.token, probe), "{}".to_owned(), target));
        [login, logout]
    });
    made.flatten().collect()
}

fn made(
    number: usize,
    endpoint: &Endpoint,
    (kind, probe): (TokenKind, &ProbeKey),
    body: String,
    target: &Target,
) -> RecordedCall {
    let given = |text: &dyn ToString| if kind.is_sent() { text.to_string() } else { String::new() };
    RecordedCall {
        number,
        entrance: entrance(&endpoint.id, target),
        method: endpoint.method.clone(),
        path: endpoint.path.clone(),
        is_socket: false,
        credential: Credential {
            token: kind.to_string(),
            location: given(&endpoint.usual_token_location()),
            caller: if endpoint.takes_caller { probe.caller.to_string() } else { "none".to_owned() },
            user: given(&probe.user),
        },
        answer: RecordedAnswer {
            status: Some(200),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body,
            ..RecordedAnswer::default()
        },
    }
}

/// Returns a response in which the token stands where the endpoint looks for it.
fn issued_body(issuer: &Endpoint) -> String {
    let path = issuer.issued_token.as_ref().map(ToString::to_string).unwrap_or_default();
    let names = path.trim_start_matches('$').split(['.', '[', ']', '\'', '"']).filter(|name| !name.is_empty());
    let token = Value::from(format!("<token:{}>", TokenKind::Issued));
    names.collect::<Vec<_>>().into_iter().rev().fold(token, |inner, name| json!({ name: inner })).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Overrides, TargetFile};

    #[test]
    fn the_token_stands_where_the_endpoint_looks_for_it() {
        let target = TargetFile::embedded().unwrap().resolve(Some("offline"), &Overrides::default()).unwrap();
        let issuer = target.endpoints.values().find(|one| one.role == Role::Issuer).unwrap();
        let body: Value = serde_json::from_str(&issued_body(issuer)).unwrap();
        let found = issuer.issued_token.as_ref().unwrap().query(&body).first().cloned();
        assert_eq!(found, Some("<token:issued>".into()));
    }
}
