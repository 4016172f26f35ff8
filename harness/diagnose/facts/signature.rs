//! Facts about the client's tokens: which key signs them, and whether one was sent.

use crate::config::Target;
use crate::diagnose::model::fact::Fact;
use crate::observe::{Observation, Outcome};
use crate::token::{IssuedJwt, Published};

/// What a token tells that the auth service issued: the key of the fact, and its value and words if it is so and if it is not.
type Told = (&'static str, fn(&IssuedJwt) -> Option<bool>, [(&'static str, &'static str); 2]);

const TOLD: [Told; 3] = [
    (
        "issued-signature",
        |jwt| jwt.with_our_secret,
        [
            ("ours", "the configured signing key verifies the token that the auth service issued"),
            ("foreign", "the configured signing key does not verify the token that the auth service issued"),
        ],
    ),
    (
        "issued-key",
        |jwt| jwt.with_published_key,
        [
            ("published", "a published key verifies the token that the auth service issued"),
            ("other", "no published key verifies the token that the auth service issued"),
        ],
    ),
    (
        "issued-claims",
        |jwt| jwt.as_declared,
        [
            ("declared", "issuer and audience of the issued token are as declared"),
            ("other", "issuer or audience of the issued token is not as declared"),
        ],
    ),
];

/// Returns what the first issued token tells: which key signed it, and whether its claims are those that the target declares.
pub(crate) fn issued(observations: &[&Observation]) -> impl Iterator<Item = Fact> {
    TOLD.iter().filter_map(|(key, of, [yes, no])| {
        let (exchange, is_so) = observations.iter().find_map(|one| Some((one.exchange, of(&one.issued)?)))?;
        let (value, says) = if is_so { yes } else { no };
        Some(Fact { key, value, anomaly: !is_so, says: (*says).to_owned(), exchange: Some(exchange) })
    })
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
