//! Calls without a token where sign-in is optional: which of them a cause must explain.

use rstest::rstest;

use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::cause::Cause;
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::exchange;
use crate::observe::{Observation, observe};
use crate::probe::{ErrorKind, Exchange};
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};
use crate::terms::{Caller, TokenKind};

const PROTECTED: &str = "backend.chat-messages";
const OPTIONAL: &str = "backend.agents-execute";
const JSON: &str = "application/json";
const HEALTHY: &str = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
const AUTH_HEALTHY: &str = r#"{"status":"healthy","service":"auth-service"}"#;
const REFUSED: &str = r#"{"detail":"no"}"#;
const AS_NOBODY: &str = r#"{"status":"success","user_id":null}"#;

/// Returns `staging`, whose optional endpoint reports which user it served.
fn target() -> Target {
    let file = TargetFile::embedded().expect("the shipped file parses");
    let set = [r#"endpoint."backend.agents-execute".identity="$.user_id""#.to_owned()];
    file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
}

/// Returns the causes when the first of these exchanges is a failed step.
fn causes(exchanges: Vec<Exchange>) -> Vec<Cause> {
    let target = target();
    let seen = |(exchange, id): (Exchange, u32)| {
        let endpoint = &target.endpoints[&exchange.probe.endpoint];
        observe(&Exchange { id, ..exchange }, endpoint, "staging-e2e-user-001").expect("an observation")
    };
    let observations: Vec<Observation> = exchanges.into_iter().zip(1..).map(seen).collect();
    let evidence = Evidence::default();
    let failed = [FailedStep { step: "s/t".into(), exchange: 1, control: false }];
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    diagnose(given, Catalogue::shipped())
}

fn answered(on: &str, token: TokenKind, status: u16, body: &str) -> Exchange {
    let mut answered = exchange(on, token).answered(status, JSON, body);
    // A gateway that gives up after a limit.
    if status == 504 {
        answered.phases.first_byte_ms = Some(1500.0);
    }
    answered
}

fn broken(on: &str, token: TokenKind, kind: ErrorKind) -> Exchange {
    exchange(on, token).broken(kind)
}

fn is_named(cause: &Cause, fault: &str) -> bool {
    cause.fault == fault || cause.alternatives.iter().any(|one| one.fault == fault)
}

/// Returns the causes when the backend refuses every token, serves optional sign-in anonymously, and this exchange is
/// seen too.
fn no_yes_and(other: Exchange) -> Vec<Cause> {
    let token_of_ours = r#"{"valid":true,"user_id":"staging-e2e-user-001"}"#;
    causes(vec![
        answered(PROTECTED, Valid, 403, REFUSED),
        answered(PROTECTED, NoToken, 401, REFUSED),
        answered(PROTECTED, WrongKey, 403, REFUSED),
        answered("backend.health", NoToken, 200, HEALTHY),
        answered("auth.health", NoToken, 200, AUTH_HEALTHY),
        answered("auth.verify", Valid, 200, token_of_ours),
        answered("auth.validate", Valid, 200, token_of_ours).called_by(Caller::Right),
        answered("auth.validate", Valid, 401, REFUSED).called_by(Caller::WrongSecret),
        answered(OPTIONAL, Valid, 200, AS_NOBODY),
        other,
    ])
}

#[rstest]
#[case::refused(answered(OPTIONAL, NoToken, 401, REFUSED))]
#[case::served_anonymously(answered(OPTIONAL, NoToken, 200, AS_NOBODY))]
#[case::where_sign_in_is_required(answered("backend.chat-messages-post", NoToken, 500, REFUSED))]
fn a_refused_anonymous_call_needs_no_second_cause(#[case] other: Exchange) {
    let causes = no_yes_and(other);
    assert_eq!(causes.len(), 1, "{causes:#?}");
    assert!(is_named(&causes[0], "backend-auth/service-secret-mismatch"), "{causes:#?}");
}

#[rstest]
#[case::an_error(answered(OPTIONAL, NoToken, 500, REFUSED), true)]
#[case::unavailable(answered(OPTIONAL, NoToken, 503, REFUSED), true)]
#[case::too_late(broken(OPTIONAL, NoToken, ErrorKind::HttpResponseTimeout), true)]
#[case::broken_off(answered(OPTIONAL, NoToken, 200, "").broken(ErrorKind::HttpResponseIncomplete), true)]
#[case::refused(answered(OPTIONAL, NoToken, 401, REFUSED), false)]
#[case::served_anonymously(answered(OPTIONAL, NoToken, 200, AS_NOBODY), false)]
#[case::lost(broken(OPTIONAL, NoToken, ErrorKind::ConnectionTerminated), false)]
#[case::with_a_bad_token(answered(OPTIONAL, WrongKey, 500, REFUSED), false)]
#[case::where_sign_in_is_required(answered(PROTECTED, NoToken, 500, REFUSED), false)]
fn a_call_without_a_token_counts_only_if_sign_in_is_optional(#[case] exchange: Exchange, #[case] counts: bool) {
    let (target, evidence) = (target(), Evidence::default());
    let endpoint = &target.endpoints[&exchange.probe.endpoint];
    let observations = [observe(&exchange, endpoint, "staging-e2e-user-001").expect("an observation")];
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &[] };
    let case = Case::of(given, &[]);
    let to_explain = case.to_explain().count() == 1;
    assert_eq!((case.readings.all[0].fails_without_credentials(), to_explain), (counts, counts));
}

#[test]
fn a_failure_for_every_user_has_one_cause() {
    let causes = causes(vec![
        answered(OPTIONAL, Valid, 504, REFUSED),
        answered(OPTIONAL, NoToken, 504, REFUSED),
        answered(PROTECTED, Valid, 200, r#"{"messages":[]}"#),
        answered(PROTECTED, NoToken, 401, REFUSED),
        answered("backend.health", NoToken, 200, HEALTHY),
    ]);
    assert_eq!(causes.len(), 1, "{causes:#?}");
    assert!(is_named(&causes[0], "agents/timeout"), "{causes:#?}");
}
