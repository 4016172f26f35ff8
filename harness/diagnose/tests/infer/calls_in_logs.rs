//! What the log of the auth service tells about the backend's calls speaks for a fault, or against it.

use fivewhys_path::CallSeen;
use rstest::rstest;

use crate::config::{Target, Validation};
use crate::diagnose::belief::{Beliefs, Hypothesis, Records, evidence, topology_seeing};
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
use crate::diagnose::{Cause, diagnose};
use crate::evidence::Evidence;
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::{Exchange, Phases};
use crate::terms::{Hop, TokenKind};

#[rstest]
#[case::a_wrong_secret("backend-auth/service-secret-mismatch", &[(CallSeen::Refused, true), (CallSeen::Answered, false), (CallSeen::Nothing, false)])]
#[case::no_listener("backend-auth/auth-unreachable", &[(CallSeen::Nothing, true), (CallSeen::Refused, false)])]
#[case::a_wrong_address("backend-auth/auth-url-wrong", &[(CallSeen::NoRoute, true), (CallSeen::Nothing, true), (CallSeen::Failed, false)])]
#[case::a_missing_route("auth/validate-route-missing", &[(CallSeen::NoRoute, true), (CallSeen::Nothing, false)])]
#[case::a_failure("auth/validate-error", &[(CallSeen::Failed, true), (CallSeen::NoRoute, false)])]
#[case::a_late_answer("auth/slow", &[(CallSeen::AnsweredLate, true), (CallSeen::Refused, false)])]
#[case::no_answer("auth/hanging", &[(CallSeen::AnsweredLate, false), (CallSeen::Unfinished, true)])]
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

/// Calls of the backend that fail, and what a component logs of each, so many seconds after its begin.
struct Failures<'l> {
    status: u16,
    after_s: f64,
    by: Hop,
    logged: &'l [(f64, &'l str)],
}

impl Failures<'_> {
    /// Returns every call with its answer. What the edge refuses with a token it refuses without one.
    fn exchanges(&self) -> Vec<Exchange> {
        let health = |service: &str| format!(r#"{{"status":"healthy","service":"{service}"}}"#);
        let fails = |on: &str, token: TokenKind| {
            let ms = self.after_s * 1000.0;
            let sent = match self.by {
                Hop::Edge => exchange(on, token).answered(self.status, "", "").with_header("server", "envoy"),
                _ => exchange(on, token).answered(self.status, "application/json", r#"{"detail":"Try again later"}"#),
            };
            Exchange { phases: Phases { first_byte_ms: Some(ms), end_ms: ms, ..sent.phases }, ..sent }
        };
        let bare = exchange("backend.threads", TokenKind::None);
        let refused = bare.answered(401, "application/json", r#"{"detail":"Not authenticated"}"#);
        let all = vec![
            exchange("backend.health", TokenKind::None).answered(200, "application/json", &health("netra-ai-platform")),
            exchange("auth.health", TokenKind::None).answered(200, "application/json", &health("auth-service")),
            if self.by == Hop::Edge { fails("backend.threads", TokenKind::None) } else { refused },
            fails("backend.threads", TokenKind::Valid),
            fails("backend.chat-messages", TokenKind::Valid),
        ];
        (1..).zip(all).map(|(id, sent)| Exchange { id, ..sent }).collect()
    }

    fn causes(&self) -> Vec<Cause> {
        let target = Target { validation: Validation::Introspection, ..staging() };
        let at = |seconds: f64| {
            jiff::Timestamp::from_microsecond(1_800_000_000_000_000 + (seconds * 1e6) as i64).expect("a timestamp")
        };
        let (mut observations, mut sent, mut log, mut failed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for one in self.exchanges() {
            let (exchange, from) = (one.id, 10.0 * f64::from(one.id));
            let (ended_at, trace_id) = (at(from + one.phases.end_ms / 1000.0), format!("{exchange:032}"));
            sent.push(SentProbe { exchange, started_at: at(from), ended_at, trace_id, request_ids: Vec::new() });
            if one.status() == Some(self.status) {
                log.extend(self.logged.iter().map(|(after, line)| log_entry(at(from + after), self.by, line)));
            }
            if one.probe.token == TokenKind::Valid {
                failed.push(FailedStep { step: format!("s/{exchange}"), exchange, control: false });
            }
            observations.push(observe(&one, &endpoint(&one.probe.endpoint), "").expect("an observation"));
        }
        let evidence = Evidence { log: log.into(), log_read_at: Some(at(200.0)), ..Evidence::default() };
        let (observations, sent, failed) = (&observations, &sent, &failed);
        diagnose(Given { target: &target, observations, sent, evidence: &evidence, failed }, Catalogue::shipped())
    }
}

fn causes(after_s: f64, logged: &[(f64, &str)]) -> Vec<Cause> {
    Failures { status: 503, after_s, by: Hop::Auth, logged }.causes()
}

fn first(causes: &[Cause]) -> Option<&str> {
    causes.first().map(|cause| cause.fault.as_str())
}

#[test]
fn a_late_answer_in_the_log_of_auth_names_a_slow_auth_service() {
    let late = causes(5.02, &[(7.01, "POST /introspect 200 7003.4 ms - 60")]);
    assert_eq!(first(&late), Some("auth/slow"));
    let quick = causes(5.02, &[(0.02, "POST /introspect 200 3.4 ms - 60")]);
    assert_ne!(first(&quick), Some("auth/slow"));
}

#[rstest]
#[case::keycloak_secret(
    r#"type="CLIENT_LOGIN_ERROR", clientId="orders", error="invalid_client_credentials""#,
    "backend-auth/service-secret-mismatch"
)]
#[case::keycloak_id(
    r#"type="CLIENT_LOGIN_ERROR", clientId="ordres", error="client_not_found""#,
    "backend-auth/service-id-mismatch"
)]
#[case::plain_secret("wrong secret for client orders", "backend-auth/service-secret-mismatch")]
#[case::plain_id("unknown client ordres", "backend-auth/service-id-mismatch")]
fn the_auth_service_says_what_it_refuses_the_backend_for(#[case] line: &str, #[case] fault: &str) {
    let causes = causes(0.03, &[(0.01, line), (0.02, "POST /introspect 401 3.4 ms - 60")]);
    assert_eq!(first(&causes), Some(fault));
    let proofs = causes[0].whys.iter().flat_map(|why| &why.evidence);
    let says: Vec<&str> = proofs.map(|proof| proof.says.as_str()).collect();
    assert!(says.iter().any(|says| says.contains(line)), "{says:?}");
}

#[test]
fn the_flag_of_envoy_for_its_authorization_service_names_that_service() {
    let line = r#"[2026-11-29T10:00:00.000Z] "GET /api/threads HTTP/1.1" 403 UAEX ext_authz_denied - "-" 0 0 3 - "10.0.0.1" "fivewhys" "7" "a" "-""#;
    let causes = Failures { status: 403, after_s: 0.03, by: Hop::Edge, logged: &[(0.01, line)] }.causes();
    let is_of_the_authorizer = |fault: &str| fault.starts_with("edge/authorizer");
    assert!(first(&causes).is_some_and(is_of_the_authorizer), "{:?}", first(&causes));
}

#[test]
fn a_backend_whose_store_is_read_only_says_so_in_its_log() {
    let line = "sqlalchemy.exc.InternalError: cannot execute UPDATE in a read-only transaction";
    let causes = Failures { status: 500, after_s: 0.03, by: Hop::Backend, logged: &[(0.01, line)] }.causes();
    assert_eq!(first(&causes), Some("data/store-takes-no-writes"));
}
