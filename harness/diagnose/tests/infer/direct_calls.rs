//! Calls that succeed only directly at the backend, and steps that fail because an earlier step failed.

use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::cause::{Cause, Certainty};
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::exchange;
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{None as NoToken, Valid};

const HEALTHY: &str = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
const EVENTS: &str = r#"{"messages":[]}"#;
const PAGE: &str = "<!doctype html><title>Welcome</title>";

/// Returns `staging` with a URL of the backend itself.
fn target() -> Target {
    let file = TargetFile::embedded().expect("the shipped file parses");
    let set = ["direct=http://backend.inner.test".to_owned(), r#"evidence=["edge", "direct"]"#.to_owned()];
    file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
}

/// An answer: endpoint, whether a token was sent, status, media type and body.
type Answer<'a> = (&'a str, bool, u16, &'a str, &'a str);

fn causes(answers: &[Answer<'_>], failed: &[(&str, u32)]) -> Vec<Cause> {
    let target = target();
    let seen = |(at, (endpoint, signed_in, status, media, body)): (usize, &Answer<'_>)| {
        let token = if *signed_in { Valid } else { NoToken };
        let mut probe = exchange(endpoint.trim_end_matches("@direct"), token).answered(*status, media, body);
        probe.probe.endpoint = (*endpoint).to_owned();
        let probe = Exchange { id: u32::try_from(at).expect("few") + 1, ..probe };
        observe(&probe, &target.endpoints[*endpoint], "").expect("an observation")
    };
    let observations: Vec<Observation> = answers.iter().enumerate().map(seen).collect();
    let step =
        |(name, exchange): &(&str, u32)| FailedStep { step: (*name).into(), exchange: *exchange, control: false };
    let failed: Vec<FailedStep> = failed.iter().map(step).collect();
    let evidence = Evidence::default();
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    diagnose(given, Catalogue::shipped())
}

#[test]
fn a_foreign_page_is_route_drift_if_the_direct_call_succeeds() {
    let answers = [
        ("backend.health", false, 200, "application/json", HEALTHY),
        ("backend.chat-messages", true, 200, "text/html", PAGE),
        ("backend.health@direct", false, 200, "application/json", HEALTHY),
        ("backend.chat-messages@direct", true, 200, "application/json", EVENTS),
    ];
    let causes = causes(&answers, &[("s/t", 2)]);
    assert_eq!(causes[0].fault, "edge/route-drift");
}

#[test]
fn a_call_that_succeeds_both_ways_proves_nothing_about_the_edge() {
    let answers = [
        ("backend.health", false, 200, "application/json", HEALTHY),
        ("backend.chat-messages-post", true, 404, "text/html", PAGE),
        ("backend.chat-messages", true, 200, "application/json", EVENTS),
        ("backend.health@direct", false, 200, "application/json", HEALTHY),
        ("backend.chat-messages@direct", true, 200, "application/json", EVENTS),
    ];
    let causes = causes(&answers, &[("s/t", 2)]);
    assert!(causes.iter().all(|cause| cause.certainty < Certainty::Certain), "{causes:?}");
}

#[test]
fn a_step_that_follows_from_a_failed_step_has_no_own_cause() {
    let answers = [
        ("backend.health", false, 200, "application/json", HEALTHY),
        ("backend.chat-messages-post", true, 422, "application/json", r#"{"detail":[]}"#),
        ("backend.chat-messages", true, 200, "application/json", EVENTS),
    ];
    let same = causes(&answers, &[("messages/post", 2), ("messages/list", 3)]);
    assert_eq!(same.len(), 1, "{same:?}");
    assert_eq!(same[0].explains, ["messages/post", "messages/list"]);
    let other = causes(&answers, &[("messages/post", 2), ("elsewhere/list", 3)]);
    assert!(!other[0].explains.contains(&"elsewhere/list".to_owned()), "{other:?}");
}

#[test]
fn a_direct_call_shows_a_second_cause_behind_the_edge() {
    const NO: &str = r#"{"detail":"x"}"#;
    let forbidden = "<html><head><title>403 Forbidden</title></head><body>nginx</body></html>";
    let answers = [
        ("backend.health", false, 403, "text/html", forbidden),
        ("backend.chat-messages", true, 403, "text/html", forbidden),
        ("backend.chat-messages", false, 403, "text/html", forbidden),
        ("backend.health@direct", false, 200, "application/json", HEALTHY),
        ("backend.chat-messages@direct", true, 500, "application/json", NO),
        ("backend.chat-messages@direct", false, 401, "application/json", NO),
    ];
    let causes = causes(&answers, &[("s/t", 2)]);
    let at_the_edge: Vec<bool> = causes.iter().map(|cause| cause.fault.starts_with("edge/")).collect();
    assert_eq!(at_the_edge, [true, false], "{causes:?}");
    assert!(causes.iter().all(|cause| cause.certainty < Certainty::Certain), "{causes:?}");
}
