//! A verdict depends on what was observed, and not on the order in which it was told.

use crate::config::Target;
use crate::diagnose::{Catalogue, Cause, Certainty, FailedStep, Given, diagnose};
use crate::evidence::Evidence;
use crate::fixtures::{exchange, staging};
use crate::observe::{Observation, observe};
use crate::probe::{ErrorKind, Exchange};
use crate::terms::TokenKind;

const TOKENS: [TokenKind; 5] =
    [TokenKind::Valid, TokenKind::None, TokenKind::WrongKey, TokenKind::Expired, TokenKind::Malformed];

const ANSWERS: [(u16, &str); 8] = [
    (200, r#"{"messages":[]}"#),
    (401, r#"{"detail":"Invalid or expired token"}"#),
    (403, r#"{"detail":"Not authenticated"}"#),
    (404, r#"{"detail":"Not Found"}"#),
    (500, "Internal Server Error"),
    (502, "<html><title>502 Bad Gateway</title></html>"),
    (503, r#"{"detail":"auth service unavailable"}"#),
    (504, "upstream request timeout"),
];

/// Makes one probe of two bytes: an endpoint, a token kind, and an answer.
fn probe(target: &Target, id: u32, choice: &[u8]) -> Option<Observation> {
    let (name, endpoint) = target.endpoints.iter().nth(usize::from(choice[0]) % target.endpoints.len())?;
    let token = TOKENS[usize::from(choice[0] / 16) % TOKENS.len()];
    let sent = Exchange { id, ..exchange("backend.chat-messages", token) };
    let mut sent = match usize::from(choice[1]) % (ANSWERS.len() + 2) {
        at if at < ANSWERS.len() => sent.answered(ANSWERS[at].0, "application/json", ANSWERS[at].1),
        at if at == ANSWERS.len() => sent.broken(ErrorKind::ConnectionRefused),
        _ => sent.broken(ErrorKind::HttpResponseTimeout),
    };
    name.clone_into(&mut sent.probe.endpoint);
    observe(&sent, endpoint, "")
}

/// Returns the causes. Every second exchange of a good token belongs to a failed step.
fn causes(target: &Target, observations: &[Observation]) -> Vec<Cause> {
    let is_failed = |one: &&Observation| one.probe.token == TokenKind::Valid && one.exchange % 2 == 1;
    let step =
        |one: &Observation| FailedStep { step: format!("s/{}", one.exchange), exchange: one.exchange, control: false };
    let mut failed: Vec<_> = observations.iter().filter(is_failed).map(step).collect();
    failed.sort_by_key(|one| one.exchange);
    let evidence = Evidence::default();
    diagnose(Given { target, observations, sent: &[], evidence: &evidence, failed: &failed }, Catalogue::shipped())
}

/// Returns the verdict in short: each cause with its certainty, and its alternatives.
fn verdict(causes: &[Cause]) -> Vec<String> {
    let with_share = |fault: &str, share: f64| format!("{fault} {share}");
    let one = |cause: &Cause| {
        let others: Vec<_> =
            cause.alternatives.iter().map(|other| with_share(&other.fault, other.confidence)).collect();
        format!("{} {:?} beside {others:?}", with_share(&cause.fault, cause.confidence), cause.certainty)
    };
    causes.iter().map(one).collect()
}

#[test]
fn the_order_of_the_observations_does_not_matter() {
    let target = staging();
    let same = super::target(|bytes: &[u8]| {
        let told: Vec<_> =
            (1..).zip(bytes.chunks_exact(2).take(8)).filter_map(|(id, choice)| probe(&target, id, choice)).collect();
        let turned: Vec<_> = told.iter().rev().cloned().collect();
        let once = causes(&target, &told);
        assert_eq!(verdict(&once), verdict(&causes(&target, &told)), "the same question, the same answer");
        assert_eq!(verdict(&once), verdict(&causes(&target, &turned)), "the order does not matter");
        let alone = once.iter().find(|one| one.certainty == Certainty::Ambiguous && one.alternatives.is_empty());
        assert!(alone.is_none(), "an ambiguous cause has a rival: {:?}", verdict(&once));
    });
    bolero::check!().with_iterations(super::ROUNDS / 20).for_each(|bytes: &[u8]| (*same)(bytes));
}
