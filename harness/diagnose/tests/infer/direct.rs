//! Calls directly at the backend: which faults they distinguish, and when they do not count.

use super::candidates_of;
use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::evidence::Evidence;
use crate::fixtures::exchange;
use crate::observe::{Observation, observe};
use crate::probe::{ErrorKind, Exchange};
use crate::terms::TokenKind;
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};

const PROTECTED: &str = "backend.chat-messages";
const HEALTHY: &str = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
const REFUSED: (u16, &str) = (401, r#"{"detail":"no"}"#);
const SERVED: (u16, &str) = (200, r#"{"messages":[]}"#);

fn target() -> Target {
    let set = ["direct=https://backend.run.app".to_owned()];
    let file = TargetFile::embedded().expect("the shipped file parses");
    file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
}

/// Returns the candidates when every token is refused through the edge, and these are the direct health check and
/// direct call.
fn candidates(health: (u16, &str), past_edge: (u16, &str)) -> Vec<String> {
    let target = target();
    let answered = |id: u32, endpoint: &str, token: TokenKind, (status, body): (u16, &str)| {
        let mut probe = Exchange { id, ..exchange(PROTECTED, token).answered(status, "application/json", body) };
        endpoint.clone_into(&mut probe.probe.endpoint);
        observe(&probe, &target.endpoints[endpoint], "").expect("an observation")
    };
    let observations: Vec<Observation> = vec![
        answered(1, PROTECTED, Valid, REFUSED),
        answered(2, PROTECTED, NoToken, REFUSED),
        answered(3, PROTECTED, WrongKey, REFUSED),
        answered(4, "backend.health@direct", NoToken, health),
        answered(5, "backend.chat-messages@direct", Valid, past_edge),
    ];
    let evidence = Evidence::default();
    let failed = [FailedStep { step: "s/t".into(), exchange: 1, control: false }];
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    candidates_of(given)
}

fn has(candidates: &[String], fault: &str) -> bool {
    candidates.iter().any(|one| one == fault)
}

#[test]
fn a_token_accepted_only_by_the_backend_is_lost_at_the_edge() {
    let candidates = candidates((200, HEALTHY), SERVED);
    assert!(has(&candidates, "edge/strips-authorization"), "{candidates:?}");
    assert!(!has(&candidates, "backend/ignores-authorization"), "{candidates:?}");
}

#[test]
fn a_token_refused_by_the_backend_too_was_not_lost_at_the_edge() {
    let candidates = candidates((200, HEALTHY), REFUSED);
    assert!(has(&candidates, "backend/ignores-authorization"), "{candidates:?}");
    assert!(!has(&candidates, "edge/strips-authorization"), "{candidates:?}");
}

#[test]
fn without_direct_access_both_candidates_remain() {
    let candidates = candidates((404, "<html>"), (404, "<html>"));
    assert!(has(&candidates, "edge/strips-authorization"), "{candidates:?}");
    assert!(has(&candidates, "backend/ignores-authorization"), "{candidates:?}");
}

#[test]
fn a_page_at_the_backends_own_address_says_nothing_about_a_failed_handshake() {
    let target = target();
    let through = |id, on: &str, token| Exchange { id, ..exchange(on, token).broken(ErrorKind::TlsProtocolError) };
    let mut past = Exchange { id: 3, ..exchange("backend.health", NoToken) }.answered(404, "text/html", "<html>");
    past.probe.endpoint = "backend.health@direct".into();
    let all = [through(1, PROTECTED, Valid), through(2, "backend.health", NoToken), past];
    let seen = |one: &Exchange| observe(one, &target.endpoints[&one.probe.endpoint], "").expect("an observation");
    let observations: Vec<Observation> = all.iter().map(seen).collect();
    let (evidence, failed) = (Evidence::default(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    assert_eq!(candidates_of(given).first().map(String::as_str), Some("network/tls"));
}
