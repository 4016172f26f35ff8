//! Findings: one of each kind, and only for what was seen.

use rstest::rstest;

use crate::diagnose::readings::input::Given;
use crate::diagnose::verdict::cause::Finding;
use crate::diagnose::verdict::finding::{findings, opened_by_test_headers};
use crate::evidence::Evidence;
use crate::fixtures::{endpoint, exchange, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind;
use crate::terms::TokenKind::{Malformed, None as NoToken, Revoked, Valid, WrongKey};

const PROTECTED: &str = "backend.chat-messages";
const OPTIONAL: &str = "backend.chat-message";
const TAKEN: (u16, &str) = (200, r#"{"messages":[]}"#);
const REFUSED: (u16, &str) = (401, r#"{"detail":"no"}"#);

fn answered(on: &str, token: TokenKind, (status, body): (u16, &str)) -> Exchange {
    exchange(on, token).answered(status, "application/json", body)
}

fn found(exchanges: Vec<Exchange>) -> Vec<Finding> {
    let numbered = exchanges.into_iter().zip(1..).map(|(exchange, id)| Exchange { id, ..exchange });
    let read = |one: Exchange| observe(&one, &endpoint(&one.probe.endpoint), "").expect("an observation");
    let observations: Vec<Observation> = numbered.map(read).collect();
    let (target, evidence) = (staging(), Evidence::default());
    findings(Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &[] }, &[])
}

fn ids(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.id.as_str()).collect()
}

#[test]
fn a_401_without_a_challenge_is_found_once_per_endpoint() {
    let found = found(vec![
        answered(PROTECTED, NoToken, REFUSED),
        answered(PROTECTED, WrongKey, REFUSED),
        answered("backend.chat-messages-post", NoToken, REFUSED),
    ]);
    assert_eq!(ids(&found), ["http.401-without-challenge"]);
    assert_eq!(found[0].evidence.iter().filter_map(|proof| proof.exchange).collect::<Vec<_>>(), [1, 3]);
    assert!(!found[0].fails);
}

#[rstest]
#[case::challenged(answered(PROTECTED, NoToken, REFUSED).with_header("www-authenticate", "Bearer"))]
#[case::a_403_needs_none(answered(PROTECTED, NoToken, (403, "{}")))]
fn a_correct_refusal_is_no_finding(#[case] refusal: Exchange) {
    assert_eq!(ids(&found(vec![refusal])), [""; 0]);
}

#[test]
fn an_accepted_revoked_token_fails_the_run() {
    let found = found(vec![answered(PROTECTED, Revoked, TAKEN)]);
    assert_eq!(ids(&found), ["revoked-accepted"]);
    assert!(found[0].fails);
}

#[rstest]
#[case::both(&[NoToken, Malformed], &["optional-auth"])]
#[case::only_without(&[NoToken], &[])]
#[case::only_bad(&[Malformed], &[])]
#[case::only_good(&[Valid], &[])]
fn a_route_that_serves_every_request_is_optional(#[case] tokens: &[TokenKind], #[case] expected: &[&str]) {
    let all = found(tokens.iter().map(|token| answered(OPTIONAL, *token, TAKEN)).collect());
    assert_eq!(ids(&all), expected);
}

#[test]
fn the_same_at_a_protected_endpoint_is_a_bypass() {
    let all = found(vec![answered(PROTECTED, NoToken, TAKEN), answered(PROTECTED, Malformed, TAKEN)]);
    assert_eq!(ids(&all), ["auth-bypass"]);
}

#[rstest]
#[case::opened(TAKEN, true)]
#[case::closed(REFUSED, false)]
fn test_headers_that_disable_authentication_are_found(#[case] answer: (u16, &str), #[case] opens: bool) {
    let seen = observe(&answered(PROTECTED, Malformed, answer), &endpoint(PROTECTED), "").expect("an observation");
    let finding = opened_by_test_headers(&staging(), &seen);
    assert_eq!(
        finding.map(|finding| (finding.id, finding.fails)),
        opens.then(|| ("test-headers-open".to_owned(), false))
    );
}
