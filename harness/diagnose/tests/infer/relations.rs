//! Same and different responses to a valid token and its controls: what they contradict.

use rstest::rstest;

use super::candidates_of;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::{by_lists, endpoint, exchange};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind;
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};

const PROTECTED: &str = "backend.chat-messages";
const REFUSED: &str = r#"{"detail":"no"}"#;

/// Returns the candidates for these responses to a valid token, no token and a token signed with an unknown key.
fn candidates(valid: (u16, &str), none: (u16, &str), foreign: (u16, &str)) -> Vec<String> {
    let answered = |id: u32, token: TokenKind, (status, body): (u16, &str)| {
        let probe = Exchange { id, ..exchange(PROTECTED, token).answered(status, "application/json", body) };
        observe(&probe, &endpoint(PROTECTED), "").expect("an observation")
    };
    let observations: Vec<Observation> =
        vec![answered(1, Valid, valid), answered(2, NoToken, none), answered(3, WrongKey, foreign)];
    let (target, evidence) = (by_lists(), Evidence::default());
    let failed = [FailedStep { step: "s/t".into(), exchange: 1, control: false }];
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    candidates_of(given)
}

fn has(candidates: &[String], fault: &str) -> bool {
    candidates.iter().any(|one| one == fault)
}

#[test]
fn a_stripped_header_gets_the_same_response_as_no_token() {
    let stripped = candidates((401, REFUSED), (401, REFUSED), (401, REFUSED));
    assert!(has(&stripped, "edge/strips-authorization"), "{stripped:?}");
    let seen = candidates((403, REFUSED), (401, REFUSED), (403, REFUSED));
    assert!(!has(&seen, "edge/strips-authorization"), "{seen:?}");
}

#[test]
fn without_validation_valid_and_unknown_keys_are_treated_alike() {
    let alike = candidates((403, REFUSED), (401, REFUSED), (403, REFUSED));
    assert!(has(&alike, "backend-auth/service-secret-mismatch"), "{alike:?}");
    let unlike = candidates((403, REFUSED), (401, REFUSED), (401, REFUSED));
    assert!(!has(&unlike, "backend-auth/service-secret-mismatch"), "{unlike:?}");
}

#[test]
fn a_denied_user_gets_another_response_than_an_unknown_key() {
    let told_apart = candidates((403, r#"{"detail":"not yours"}"#), (401, REFUSED), (401, REFUSED));
    assert!(has(&told_apart, "backend/denies-user"), "{told_apart:?}");
    let alike = candidates((403, REFUSED), (401, REFUSED), (403, REFUSED));
    assert!(!has(&alike, "backend/denies-user"), "{alike:?}");
}

#[test]
fn different_texts_of_the_same_decision_contradict_nothing() {
    let lied_to = candidates((401, r#"{"detail":"unreachable"}"#), (401, REFUSED), (401, r#"{"detail":"bad token"}"#));
    assert!(has(&lied_to, "backend-auth/service-secret-mismatch"), "{lied_to:?}");
}

const PAGE: &str = "<html><head><title>401 Unauthorized</title></head><body>401</body></html>";

/// Reports whether the edge may validate the token itself, for these responses with and without a token at two
/// endpoints.
fn may_judge(one: [(u16, &str); 2], other: [(u16, &str); 2]) -> bool {
    let answered = |id: u32, on: &str, token: TokenKind, (status, body): (u16, &str)| {
        let media = if body == PAGE { "text/html" } else { "application/json" };
        let probe = Exchange { id, ..exchange(on, token).answered(status, media, body) };
        observe(&probe, &endpoint(on), "").expect("an observation")
    };
    let healthy = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
    let observations: Vec<Observation> = vec![
        answered(1, PROTECTED, Valid, one[0]),
        answered(2, PROTECTED, NoToken, one[1]),
        answered(3, "backend.threads", Valid, other[0]),
        answered(4, "backend.threads", NoToken, other[1]),
        answered(5, "backend.health", NoToken, (200, healthy)),
    ];
    let (target, evidence) = (by_lists(), Evidence::default());
    let failed = [FailedStep { step: "s/t".into(), exchange: 1, control: false }];
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    let is_it = |fault: &str| fault == "edge/iam-token-unverifiable";
    let causes = diagnose(given, Catalogue::shipped());
    causes.iter().any(|cause| is_it(&cause.fault) || cause.alternatives.iter().any(|one| is_it(&one.fault)))
}

#[rstest]
#[case::on_neither([(401, PAGE), (401, REFUSED)], [(401, PAGE), (401, REFUSED)], true)]
#[case::on_one([(401, PAGE), (401, PAGE)], [(401, PAGE), (401, REFUSED)], true)]
#[case::on_the_other([(401, PAGE), (401, REFUSED)], [(401, PAGE), (401, PAGE)], true)]
#[case::on_both([(401, PAGE), (401, PAGE)], [(401, PAGE), (401, PAGE)], false)]
fn equal_pages_rule_out_an_edge_only_if_all_are_equal(
    #[case] one: [(u16, &str); 2],
    #[case] other: [(u16, &str); 2],
    #[case] can_be: bool,
) {
    assert_eq!(may_judge(one, other), can_be);
}
