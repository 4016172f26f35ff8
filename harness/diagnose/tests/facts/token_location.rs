//! One valid token in two locations of one WebSocket: when its header counts as not read, and which probe follows.

use rstest::rstest;

use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::facts::token_location;
use crate::diagnose::infer::case::Case;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::evidence::Evidence;
use crate::fixtures::{exchange, key};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};
use crate::terms::{TokenKind, TokenLocation};

const SOCKET: &str = "backend.websocket";
const AS_NOBODY: &str = r#"{"detail":"sign in first"}"#;
const REFUSED: &str = r#"{"error":"not this one"}"#;

/// An answer: endpoint, token, token location, body.
type Answer = (&'static str, TokenKind, TokenLocation, &'static str);

const IN_HEADER: Answer = (SOCKET, Valid, TokenLocation::Header, AS_NOBODY);
const BY_ITSELF: Answer = (SOCKET, Valid, TokenLocation::Subprotocol, REFUSED);
const NOBODY: Answer = (SOCKET, NoToken, TokenLocation::Header, AS_NOBODY);
const FOREIGN: Answer = (SOCKET, WrongKey, TokenLocation::Header, AS_NOBODY);

fn target() -> Target {
    let file = TargetFile::embedded().expect("the shipped file parses");
    let set = ["direct=http://backend.inner.test".to_owned(), r#"evidence=["edge", "direct"]"#.to_owned()];
    file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
}

/// Returns the result of `then` where the backend refuses these calls. The first one is a failed step.
fn with<T>(answers: &[Answer], then: impl FnOnce(Given<'_>) -> T) -> T {
    let target = target();
    let seen = |((on, token, token_location, body), id): (&Answer, u32)| {
        let mut refused = exchange(SOCKET, *token).answered(401, "application/json", body);
        (*on).clone_into(&mut refused.probe.endpoint);
        refused.probe.token_location = *token_location;
        observe(&Exchange { id, ..refused }, &target.endpoints[*on], "u").expect("an observation")
    };
    let observations: Vec<Observation> = answers.iter().zip(1..).map(seen).collect();
    let (evidence, failed) = (Evidence::default(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    then(Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed })
}

#[rstest]
#[case::only_the_subprotocol_is_read(&[IN_HEADER, BY_ITSELF, NOBODY], true)]
#[case::no_call_without_a_token(&[IN_HEADER, BY_ITSELF], false)]
#[case::the_subprotocol_is_not_read_either(&[IN_HEADER, (SOCKET, Valid, TokenLocation::Subprotocol, AS_NOBODY), NOBODY], false)]
#[case::the_header_is_read(&[(SOCKET, Valid, TokenLocation::Header, REFUSED), BY_ITSELF, NOBODY], false)]
#[case::only_one_token_location_was_tried(&[IN_HEADER, NOBODY], false)]
#[case::a_bad_token_does_not_count(&[FOREIGN, (SOCKET, WrongKey, TokenLocation::Subprotocol, REFUSED), NOBODY], false)]
fn a_header_is_lost_if_only_another_location_is_read(#[case] seen: &[Answer], #[case] lost: bool) {
    let fact = with(seen, |given| Case::of(given, &[]).fact("token-by-header").cloned());
    assert_eq!(fact.map(|fact| fact.value), lost.then_some("lost"));
}

#[rstest]
#[case::the_locations_differ(&[IN_HEADER, BY_ITSELF], true)]
#[case::the_call_was_made(&[IN_HEADER, BY_ITSELF, NOBODY], false)]
#[case::they_get_the_same_response(&[IN_HEADER, (SOCKET, Valid, TokenLocation::Subprotocol, AS_NOBODY)], false)]
fn two_locations_that_differ_need_a_call_without_a_token(#[case] seen: &[Answer], #[case] asks: bool) {
    let open = [key(SOCKET, Valid), key("backend.threads", NoToken), key(SOCKET, NoToken)];
    let next = with(seen, |given| token_location::doubtful(&Case::of(given, &[]).readings, &open));
    assert_eq!(next, asks.then(|| key(SOCKET, NoToken)));
}
