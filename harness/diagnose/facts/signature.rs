//! Facts about the client's tokens: which key signs them, and whether one was sent.

use crate::config::Target;
use crate::diagnose::model::fact::Fact;
use crate::observe::{Observation, Outcome};
use crate::token::{IssuedJwt, Published};

/// Returns whether the configured signing key verifies the token that the auth service issued.
pub(crate) fn issued_signature(observations: &[&Observation]) -> Option<Fact> {
    let (observation, ours) = observations.iter().find_map(|one| Some((one, one.issued.with_our_secret?)))?;
    let (value, says) = if ours {
        ("ours", "the configured signing key verifies the token that the auth service issued")
    } else {
        ("foreign", "the configured signing key does not verify the token that the auth service issued")
    };
    Some(Fact {
        key: "issued-signature",
        value,
        anomaly: !ours,
        says: says.into(),
        exchange: Some(observation.exchange),
    })
}

/// Returns what is wrong with a token that the auth service issued: no published key signed it, or its claims are not those
/// that the target declares.
pub(crate) fn issued_otherwise(observations: &[&Observation]) -> Vec<Fact> {
    let first =
        |of: fn(&IssuedJwt) -> Option<bool>| observations.iter().find_map(|one| Some((one.exchange, of(&one.issued)?)));
    let fact = |key, value, says: &str, exchange| Fact {
        key,
        value,
        anomaly: value == "other",
        says: says.to_owned(),
        exchange: Some(exchange),
    };
    let key = first(|jwt| jwt.with_published_key).map(|(exchange, published)| match published {
        true => {
            fact("issued-key", "published", "a published key verifies the token that the auth service issued", exchange)
        }
        false => {
            fact("issued-key", "other", "no published key verifies the token that the auth service issued", exchange)
        }
    });
    let claims = first(|jwt| jwt.as_declared).map(|(exchange, agree)| match agree {
        true => fact("issued-claims", "declared", "issuer and audience of the issued token are as declared", exchange),
        false => fact("issued-claims", "other", "issuer or audience of the issued token is not as declared", exchange),
    });
    key.into_iter().chain(claims).collect()
}

/// Returns whether the published key set has the configured signing key.
///
/// A missing key is no anomaly: the backend may verify tokens in another way.
pub(crate) fn signing_key(published: &Published) -> Option<Fact> {
    let kid = published.kid.as_ref().map(|kid| format!(" (kid {kid:?})")).unwrap_or_default();
    let (value, says) = if published.ours? {
        (
            "published",
            format!("the auth service publishes the configured signing key{kid} among its {} keys", published.keys),
        )
    } else {
        (
            "unpublished",
            format!(
                "the auth service publishes {} keys, and the configured signing key is not among them",
                published.keys
            ),
        )
    };
    Some(Fact { key: "signing-key", value, anomaly: false, says, exchange: None })
}

/// Returns whether the client sent a token. A recording of another client may show that no failed call carried one.
pub(crate) fn bearer_sent(target: &Target, observations: &[&Observation]) -> Option<Fact> {
    let mut failed =
        observations.iter().filter(|one| one.probe.token.should_be_accepted() && one.result != Outcome::Ok);
    let bare = failed.clone().next().filter(|_| failed.all(|one| one.carried == Some(false)));
    if let Some(bare) = bare {
        let says = "the recorded request carried no credential".to_owned();
        return Some(Fact { key: "bearer-sent", value: "no", anomaly: true, says, exchange: Some(bare.exchange) });
    }
    let shows = |one: &&&Observation| one.probe.token.is_sent() && (!target.recorded || one.carried == Some(true));
    let sent = observations.iter().find(shows)?;
    let says = "the client sent a token".to_owned();
    Some(Fact { key: "bearer-sent", value: "yes", anomaly: false, says, exchange: Some(sent.exchange) })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::{endpoint, exchange, staging};
    use crate::observe::observe;
    use crate::terms::TokenKind;

    const PROTECTED: &str = "backend.chat-messages";

    /// Returns a recorded call with this status. `carried`: whether it shows a credential.
    fn call(status: u16, carried: Option<bool>) -> Observation {
        let refused = exchange(PROTECTED, TokenKind::Valid).answered(status, "application/json", r#"{"messages":[]}"#);
        Observation { carried, ..observe(&refused, &endpoint(PROTECTED), "").expect("an observation") }
    }

    const BARE: Option<bool> = Some(false);
    const WITH_ONE: Option<bool> = Some(true);

    #[rstest]
    #[case::every_refused_call(&[(200, WITH_ONE), (403, BARE), (403, BARE)], Some("no"))]
    #[case::one_with_a_token_is_refused_too(&[(403, BARE), (401, WITH_ONE)], Some("yes"))]
    #[case::only_a_success_is_bare(&[(200, BARE), (401, WITH_ONE)], Some("yes"))]
    #[case::nothing_is_refused(&[(200, BARE)], None)]
    #[case::the_recording_hides_credentials(&[(401, None)], None)]
    fn the_client_sent_no_token_if_no_refused_call_carried_one(
        #[case] calls: &[(u16, Option<bool>)],
        #[case] sent: Option<&str>,
    ) {
        let calls: Vec<Observation> = calls.iter().map(|(status, carried)| call(*status, *carried)).collect();
        let all: Vec<&Observation> = calls.iter().collect();
        let target = Target { recorded: true, ..staging() };
        assert_eq!(bearer_sent(&target, &all).map(|fact| fact.value), sent);
    }
}
