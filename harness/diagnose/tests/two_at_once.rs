//! Two faults at once, where one of them shows in a call that the other does not account for.

use rstest::rstest;

use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::case::Case;
use crate::diagnose::catalogue::Catalogue;
use crate::diagnose::conclude::diagnose;
use crate::diagnose::given::{FailedStep, Given};
use crate::diagnose::verdict::Cause;
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

/// `staging`, whose optional endpoint tells whom it served.
fn target() -> Target {
    let file = TargetFile::embedded().expect("the shipped file parses");
    let set = [r#"endpoint."backend.agents-execute".identity="$.user_id""#.to_owned()];
    file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
}

/// The causes when the first of these exchanges is a failed step.
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
    exchange(on, token).answered(status, JSON, body)
}

fn broken(on: &str, token: TokenKind, kind: ErrorKind) -> Exchange {
    exchange(on, token).broken(kind)
}

fn is_named(cause: &Cause, fault: &str) -> bool {
    cause.fault == fault || cause.alternatives.iter().any(|one| one.fault == fault)
}

/// Whether both are named, each by a cause of its own.
fn are_named(causes: &[Cause], one: &str, other: &str) -> bool {
    let by = |fault: &str| causes.iter().position(|cause| is_named(cause, fault));
    by(one).zip(by(other)).is_some_and(|(one, other)| one != other)
}

/// The backend gets no yes for any token, whoever signs in is served as nobody, and this is seen beside it.
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
#[case::given_up_by_the_backend(answered(OPTIONAL, NoToken, 504, REFUSED))]
#[case::an_error(answered(OPTIONAL, NoToken, 500, REFUSED))]
#[case::given_up_by_us(broken(OPTIONAL, NoToken, ErrorKind::HttpResponseTimeout))]
fn what_breaks_down_for_nobody_is_not_the_auth_service_s_doing(#[case] nobody: Exchange) {
    let causes = no_yes_and(nobody);
    assert!(are_named(&causes, "backend-auth/service-secret-mismatch", "agents/timeout"), "{causes:#?}");
}

#[rstest]
#[case::refused(answered(OPTIONAL, NoToken, 401, REFUSED))]
#[case::served_as_nobody(answered(OPTIONAL, NoToken, 200, AS_NOBODY))]
#[case::where_one_must_sign_in(answered("backend.chat-messages-post", NoToken, 500, REFUSED))]
fn what_is_refused_or_was_not_asked_by_nobody_calls_for_no_second_cause(#[case] other: Exchange) {
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
#[case::served_as_nobody(answered(OPTIONAL, NoToken, 200, AS_NOBODY), false)]
#[case::lost(broken(OPTIONAL, NoToken, ErrorKind::ConnectionTerminated), false)]
#[case::with_a_bad_token(answered(OPTIONAL, WrongKey, 500, REFUSED), false)]
#[case::where_one_must_sign_in(answered(PROTECTED, NoToken, 500, REFUSED), false)]
fn only_what_breaks_down_where_nobody_need_sign_in_is_to_be_explained_without_a_token(
    #[case] exchange: Exchange,
    #[case] counts: bool,
) {
    let (target, evidence) = (target(), Evidence::default());
    let endpoint = &target.endpoints[&exchange.probe.endpoint];
    let observations = [observe(&exchange, endpoint, "staging-e2e-user-001").expect("an observation")];
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &[] };
    let case = Case::of(given, &[]);
    let to_explain = case.to_explain().count() == 1;
    assert_eq!((case.readings.all[0].fails_whoever_asks(), to_explain), (counts, counts));
}

#[test]
fn what_breaks_down_for_everybody_has_one_cause() {
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

#[test]
fn one_that_foretells_what_the_other_says_cannot_be_is_named_beside_it() {
    // The backend says itself that its time was up, to whoever asks: nobody is asked about where no token is shown.
    let silent = |token| answered(PROTECTED, token, 504, REFUSED);
    let causes = causes(vec![
        silent(Valid),
        silent(NoToken),
        silent(WrongKey),
        answered("backend.health", NoToken, 200, HEALTHY),
        answered("auth.health", NoToken, 200, AUTH_HEALTHY),
        answered("auth.verify", Valid, 200, r#"{"valid":true,"user_id":"staging-e2e-user-001"}"#),
        answered("auth.validate", Valid, 404, r#"{"detail":"Not Found"}"#).called_by(Caller::Right),
    ]);
    let firsts: Vec<&str> = causes.iter().map(|cause| cause.fault.as_str()).collect();
    assert!(firsts.contains(&"backend/hanging") && firsts.contains(&"auth/validate-route-missing"), "{causes:#?}");
}

#[rstest]
#[case::it_says_yes(200, r#"{"valid":true,"user_id":"staging-e2e-user-001"}"#, 1)]
#[case::it_says_no(401, r#"{"detail":"no such user"}"#, 2)]
fn an_unhealthy_store_does_not_make_the_auth_service_refuse_a_good_token(
    #[case] status: u16,
    #[case] judgement: &str,
    #[case] expected: usize,
) {
    let causes = causes(vec![
        answered(PROTECTED, Valid, 503, REFUSED),
        answered(PROTECTED, NoToken, 401, REFUSED),
        answered(PROTECTED, WrongKey, 503, REFUSED),
        answered("backend.health", NoToken, 200, HEALTHY),
        answered("auth.health", NoToken, 503, r#"{"status":"unhealthy","service":"auth-service"}"#),
        answered("auth.verify", Valid, status, judgement),
    ]);
    assert_eq!(causes.len(), expected, "{causes:#?}");
    assert!(causes.iter().any(|cause| is_named(cause, "data/database-down")), "{causes:#?}");
}
