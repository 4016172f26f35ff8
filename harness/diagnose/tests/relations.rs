//! Sameness and difference between a good token and its controls: what contradicts whom.

use crate::diagnose::catalogue::Catalogue;
use crate::diagnose::conclude::diagnose;
use crate::diagnose::given::{FailedStep, Given};
use crate::evidence::Evidence;
use crate::fixtures::{exchange, staging, surface};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::token::TokenKind::{self, None as NoToken, Valid, WrongKey};

const PROTECTED: &str = "backend.chat-messages";
const REFUSED: &str = r#"{"detail":"no"}"#;

/// The candidates when a good token is refused with the first status and the others get theirs.
fn candidates(valid: (u16, &str), none: (u16, &str), foreign: (u16, &str)) -> Vec<String> {
    let answered = |id: u32, token: TokenKind, (status, body): (u16, &str)| {
        let probe = Exchange { id, ..exchange(PROTECTED, token).answered(status, "application/json", body) };
        observe(&probe, &surface(PROTECTED), "").expect("an observation")
    };
    let observations: Vec<Observation> =
        vec![answered(1, Valid, valid), answered(2, NoToken, none), answered(3, WrongKey, foreign)];
    let (target, evidence) = (staging(), Evidence::default());
    let failed = [FailedStep { step: "s/t".into(), exchange: 1, control: false }];
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    let causes = diagnose(given, Catalogue::shipped());
    causes
        .into_iter()
        .flat_map(|cause| [vec![cause.fault], cause.alternatives.into_iter().map(|one| one.fault).collect()].concat())
        .collect()
}

fn has(candidates: &[String], fault: &str) -> bool {
    candidates.iter().any(|one| one == fault)
}

#[test]
fn a_header_that_is_stripped_leaves_the_answer_that_no_token_gets() {
    let stripped = candidates((401, REFUSED), (401, REFUSED), (401, REFUSED));
    assert!(has(&stripped, "edge/strips-authorization"), "{stripped:?}");
    let seen = candidates((403, REFUSED), (401, REFUSED), (403, REFUSED));
    assert!(!has(&seen, "edge/strips-authorization"), "{seen:?}");
}

#[test]
fn a_backend_that_gets_no_yes_treats_good_and_foreign_tokens_alike() {
    let alike = candidates((403, REFUSED), (401, REFUSED), (403, REFUSED));
    assert!(has(&alike, "backend-auth/service-secret-mismatch"), "{alike:?}");
    let unlike = candidates((403, REFUSED), (401, REFUSED), (401, REFUSED));
    assert!(!has(&unlike, "backend-auth/service-secret-mismatch"), "{unlike:?}");
}

#[test]
fn a_user_who_is_not_allowed_gets_another_answer_than_a_foreign_token() {
    let told_apart = candidates((403, r#"{"detail":"not yours"}"#), (401, REFUSED), (401, REFUSED));
    assert!(has(&told_apart, "backend/denies-user"), "{told_apart:?}");
    let alike = candidates((403, REFUSED), (401, REFUSED), (403, REFUSED));
    assert!(!has(&alike, "backend/denies-user"), "{alike:?}");
}

#[test]
fn texts_that_differ_where_the_decision_is_the_same_contradict_nobody() {
    let lied_to = candidates((401, r#"{"detail":"unreachable"}"#), (401, REFUSED), (401, r#"{"detail":"bad token"}"#));
    assert!(has(&lied_to, "backend-auth/service-secret-mismatch"), "{lied_to:?}");
}
