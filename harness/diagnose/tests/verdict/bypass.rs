//! A bad credential that was accepted, and no other failure: a finding that fails the run, and no cause.

use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::diagnose;
use crate::diagnose::verdict::finding::findings;
use crate::evidence::Evidence;
use crate::fixtures::{endpoint, exchange, staging};
use crate::observe::{Observation, observe};
use crate::terms::TokenKind::Malformed;

const PROTECTED: &str = "backend.chat-messages";

/// Returns the causes and the failing findings when only the control fails, with this answer.
fn named(status: u16, body: &str) -> (Vec<String>, Vec<String>) {
    let (target, evidence) = (staging(), Evidence::default());
    let answered = exchange(PROTECTED, Malformed).answered(status, "application/json", body);
    let observations: Vec<Observation> = observe(&answered, &endpoint(PROTECTED), "").into_iter().collect();
    let failed = [FailedStep { step: "controls/refuse-malformed".into(), exchange: 1, control: true }];
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    let causes = diagnose(given, Catalogue::shipped());
    let findings = findings(given, &causes).into_iter().filter(|finding| finding.fails).map(|finding| finding.id);
    (causes.into_iter().map(|cause| cause.fault).collect(), findings.collect())
}

#[test]
fn an_accepted_bad_token_is_a_finding_and_no_unknown_cause() {
    assert_eq!(named(200, r#"{"messages":[]}"#), (Vec::new(), vec!["auth-bypass".to_owned()]));
}

#[test]
fn a_control_with_another_outcome_still_has_a_cause() {
    let (causes, findings) = named(418, "{}");
    assert!(!causes.is_empty() && findings.is_empty(), "{causes:?} {findings:?}");
}
