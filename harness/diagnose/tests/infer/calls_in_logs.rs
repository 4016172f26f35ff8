//! What the log of the auth service tells about the backend's calls speaks for a fault, or against it.

use fivewhys_path::CallSeen;
use rstest::rstest;

use crate::config::{Target, Validation};
use crate::diagnose::belief::{Beliefs, Hypothesis, Records, evidence, topology_seeing};
use crate::diagnose::model::catalogue::Catalogue;
use crate::fixtures::{endpoint, exchange, staging};
use crate::observe::{Observation, observe};
use crate::probe::{Exchange, Phases};
use crate::terms::TokenKind;

#[rstest]
#[case::a_wrong_secret("backend-auth/service-secret-mismatch", &[(CallSeen::Refused, true), (CallSeen::Answered, false), (CallSeen::Nothing, false)])]
#[case::no_listener("backend-auth/auth-unreachable", &[(CallSeen::Nothing, true), (CallSeen::Refused, false)])]
#[case::a_wrong_address("backend-auth/auth-url-wrong", &[(CallSeen::NoRoute, true), (CallSeen::Nothing, true), (CallSeen::Failed, false)])]
#[case::a_missing_route("auth/validate-route-missing", &[(CallSeen::NoRoute, true), (CallSeen::Nothing, false)])]
#[case::a_failure("auth/validate-error", &[(CallSeen::Failed, true), (CallSeen::NoRoute, false)])]
#[case::a_late_answer("auth/slow", &[(CallSeen::AnsweredLate, true), (CallSeen::Refused, false)])]
#[case::a_store_that_is_down("data/database-down", &[(CallSeen::AnsweredLate, false)])]
#[case::the_store_of_the_backend("data/backend-store-down", &[(CallSeen::AnsweredLate, false)])]
#[case::a_short_timeout("backend-auth/timeout-too-short", &[(CallSeen::AnsweredLate, true)])]
#[case::a_fault_of_the_backend("backend/handler-error", &[(CallSeen::Answered, true), (CallSeen::Refused, false)])]
fn the_log_of_the_auth_service_speaks_for_a_fault_or_against_it(
    #[case] fault: &str,
    #[case] cases: &[(CallSeen, bool)],
) {
    for (call, speaks_for) in cases {
        let gain = score(fault, Some(*call), 20.0) - score(fault, None, 20.0);
        assert_eq!(gain > 0.1_f64.ln(), *speaks_for, "{call}: {gain}");
    }
}

/// Returns the score of a fault where a call of the backend fails after so many milliseconds.
fn score(fault: &str, call: Option<CallSeen>, after_ms: f64) -> f64 {
    let target = Target { validation: Validation::Introspection, ..staging() };
    let seen = |id: u32, on: &str, token: TokenKind, status: u16, body: &str| {
        let mut sent = Exchange { id, ..exchange(on, token).answered(status, "application/json", body) };
        if status >= 500 {
            sent.phases = Phases { first_byte_ms: Some(after_ms), end_ms: after_ms, ..sent.phases };
        }
        observe(&sent, &endpoint(on), "").expect("an observation")
    };
    let healthy = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
    let observations = [
        seen(1, "backend.health", TokenKind::None, 200, healthy),
        seen(2, "backend.chat-messages", TokenKind::Valid, 500, "Internal Server Error"),
    ];
    let kept: Vec<&Observation> = observations.iter().collect();
    let records = Records { asks: Some(2), call, ..Records::default() };
    let evidence = evidence(&kept, &target, "primary", &|_| true, &records);
    let topology = topology_seeing(&evidence, &target);
    let beliefs = Beliefs::of(evidence, &topology, &target, Catalogue::shipped());
    let is_it = |hypothesis: &Hypothesis<'_>| matches!(hypothesis, Hypothesis::Fault(of) if of.id.as_str() == fault);
    beliefs.all.iter().find(|belief| is_it(&belief.hypothesis)).expect("the fault is known").score
}

#[rstest]
#[case::of_the_auth_service("data/database-down")]
#[case::of_the_backend("data/backend-store-down")]
#[case::slow("data/backend-store-slow")]
fn an_answer_that_came_too_late_makes_a_slow_auth_service_likelier_than_a_store(#[case] store: &str) {
    let lead = |call: CallSeen| score("auth/slow", Some(call), 7_000.0) - score(store, Some(call), 7_000.0);
    assert!(lead(CallSeen::AnsweredLate) > 0.0, "{}", lead(CallSeen::AnsweredLate));
    assert!(lead(CallSeen::AnsweredLate) > lead(CallSeen::Answered) + 2.0);
}
