//! Same and different responses to a valid token and its controls: what they contradict.

use super::candidates_of;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::evidence::Evidence;
use crate::fixtures::{endpoint, exchange, staging};
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
    let (target, evidence) = (staging(), Evidence::default());
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
}

#[test]
fn a_denied_user_gets_another_response_than_an_unknown_key() {
    let told_apart = candidates((403, r#"{"detail":"not yours"}"#), (401, REFUSED), (401, REFUSED));
    assert!(has(&told_apart, "backend/denies-user"), "{told_apart:?}");
}

#[test]
fn different_texts_of_the_same_decision_contradict_nothing() {
    let lied_to = candidates((401, r#"{"detail":"unreachable"}"#), (401, REFUSED), (401, r#"{"detail":"bad token"}"#));
    assert!(has(&lied_to, "backend-auth/service-secret-mismatch"), "{lied_to:?}");
}
