//! Which probe follows once a cause is found: calls that the cause does not affect, and calls directly at the backend.

use rstest::rstest;

use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::active::next_probe::next_probe;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::load::parse;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::evidence::Evidence;
use crate::fixtures::exchange;
use crate::observe::{Observation, observe};
use crate::probe::{Exchange, ProbeKey};
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};
use crate::terms::{TokenKind, TokenLocation};

const HTTP: &str = "backend.chat-messages";
const SOCKET: &str = "backend.websocket";
const DIRECT_HEALTH: &str = "backend.health@direct";
const DIRECT_HTTP: &str = "backend.chat-messages@direct";
const DIRECT_SOCKET: &str = "backend.websocket@direct";
const HEALTHY: &str = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
const AUTH_HEALTHY: &str = r#"{"status":"healthy","service":"auth-service"}"#;
const WELCOME: &str = r#"{"data":{"event":"connection_established","user_id":"u"}}"#;
const REFUSED: &str = r#"{"detail":"no"}"#;

/// The user of the failure is refused.
const ONE_IS_REFUSED: &str = r#"effect = "unknown-user""#;
/// Every call is refused but the health check.
const ALL_ARE_REFUSED: &str = r#"effect = "refuse", for = "paths""#;
/// The token is not read.
const NONE_IS_READ: &str = r#"effect = "drop-credential""#;
/// The auth service confirms no token to the backend.
const NONE_IS_CONFIRMED: &str = r#"at = "backend -> auth", effect = "refuse""#;

/// Returns faults that do the same, with a mark that is seen.
fn catalogue(ids: &[&str], does: &str) -> Catalogue {
    let fault = |id: &&str| {
        format!(
            "[[fault]]\nid = \"{id}\"\ntitle = \"t\"\nprior = \"uncommon\"\ninvolves = []\ncurable_by_rollback = false\nowner = \"o\"\n\
             fix = \"f\"\nwhys = [{{ claim = \"c\", proof = \"protected wrong-key = denied\", mark = true }}]\n\
             does = [{{ {does} }}]\n"
        )
    };
    let text: String = ids.iter().map(fault).collect();
    let written = parse("few.toml", &text).expect("it is in order");
    Catalogue::of_faults(written.into_iter().map(|one| one.fault).collect())
}

/// Returns `staging` with this evidence and a URL of the backend itself.
fn target(evidence_sources: &str) -> Target {
    let file = TargetFile::embedded().expect("the shipped file parses");
    let set = ["direct=http://backend.inner.test".to_owned(), format!("evidence={evidence_sources}")];
    file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
}

const EDGE: &str = r#"["edge"]"#;
const BOTH: &str = r#"["edge", "direct"]"#;

/// An answer: endpoint, user, token and status.
type Answer<'a> = (&'a str, &'a str, TokenKind, u16);

/// Returns the endpoint and user of the next probe, which has its token in the header.
fn asked(evidence_sources: &str, catalogue: &Catalogue, refused: u16, more: &[Answer<'_>]) -> Option<(String, String)> {
    let next = next(evidence_sources, catalogue, refused, more)?;
    assert!(next.token_location == TokenLocation::Header, "{next}");
    Some((next.endpoint, next.user))
}

/// Returns the next probe.
///
/// A valid token got this status. No token and one signed with an unknown key got 401. Then `more` was seen.
fn next(evidence_sources: &str, catalogue: &Catalogue, refused: u16, more: &[Answer<'_>]) -> Option<ProbeKey> {
    let target = target(evidence_sources);
    let first = [
        (HTTP, "primary", Valid, refused),
        (HTTP, "primary", WrongKey, 401),
        (HTTP, "primary", NoToken, 401),
        ("backend.health", "primary", NoToken, 200),
    ];
    let seen = |((on, user, token, status), id): (&Answer<'_>, u32)| {
        let endpoint = &target.endpoints[*on];
        let body = match *status {
            200 if *on == "auth.health" => AUTH_HEALTHY,
            200 if on.contains("health") => HEALTHY,
            200 => r#"{"messages":[]}"#,
            _ => REFUSED,
        };
        let mut probe = exchange(on.trim_end_matches("@direct"), *token).answered(*status, "application/json", body);
        if *status == 101 {
            probe = probe.with_frame(WELCOME);
        }
        (*on).clone_into(&mut probe.probe.endpoint);
        (*user).clone_into(&mut probe.probe.user);
        observe(&Exchange { id, ..probe }, endpoint, "u").expect("an observation")
    };
    let observations: Vec<Observation> = first.iter().chain(more).zip(1..).map(seen).collect();
    let (evidence, failed) = (Evidence::default(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    let asked: Vec<ProbeKey> = observations[first.len()..].iter().map(|one| one.probe.clone()).collect();
    next_probe(given, catalogue, &asked)
}

fn probe(endpoint: &str, user: &str) -> Option<(String, String)> {
    Some((endpoint.to_owned(), user.to_owned()))
}

const WELL: Answer<'_> = (HTTP, "second", Valid, 200);

#[rstest]
#[case::first_over_plain_http(&[], probe(HTTP, "second"))]
#[case::then_over_the_socket(&[WELL], probe(SOCKET, "second"))]
#[case::and_nothing_more(&[WELL, (SOCKET, "second", Valid, 101)], None)]
fn an_unaffected_user_is_probed_over_http_and_websocket(
    #[case] more: &[Answer<'_>],
    #[case] next: Option<(String, String)>,
) {
    assert_eq!(asked(EDGE, &catalogue(&["client/lunch"], ONE_IS_REFUSED), 403, more), next);
}

/// The direct health check and a direct call that fails in the same way.
const PAST: [Answer<'_>; 2] = [(DIRECT_HEALTH, "primary", NoToken, 200), (DIRECT_HTTP, "primary", Valid, 403)];

#[rstest]
#[case::nothing_is_known(&[], probe(SOCKET, "second"))]
#[case::the_direct_call_succeeded(&[(DIRECT_SOCKET, "second", Valid, 101)], probe(SOCKET, "second"))]
#[case::the_call_through_the_edge_succeeded(&[(SOCKET, "second", Valid, 101)], None)]
fn a_successful_direct_call_says_nothing_about_the_edge(
    #[case] more: &[Answer<'_>],
    #[case] next: Option<(String, String)>,
) {
    let seen = [&PAST[..], &[WELL], more].concat();
    assert_eq!(asked(BOTH, &catalogue(&["client/lunch"], ONE_IS_REFUSED), 403, &seen), next);
}

const EVIDENCE: Answer<'_> = (DIRECT_HEALTH, "primary", NoToken, 200);

#[rstest]
#[case::the_direct_health_check_first(&[], probe(DIRECT_HEALTH, "primary"))]
#[case::by_plain_http(&[EVIDENCE], probe(DIRECT_HTTP, "primary"))]
#[case::then_by_the_socket(&[EVIDENCE, (DIRECT_HTTP, "primary", Valid, 200)], probe(DIRECT_SOCKET, "primary"))]
#[case::and_nothing_more(&[EVIDENCE, (DIRECT_HTTP, "primary", Valid, 200), (DIRECT_SOCKET, "primary", Valid, 101)], None)]
fn for_a_cause_at_the_edge_the_backend_is_probed_directly(
    #[case] more: &[Answer<'_>],
    #[case] next: Option<(String, String)>,
) {
    assert_eq!(asked(BOTH, &catalogue(&["edge/lunch"], ALL_ARE_REFUSED), 403, more), next);
}

#[rstest]
#[case::nothing_is_known(&[EVIDENCE], probe(DIRECT_HTTP, "primary"))]
#[case::one_call_is_enough(&[EVIDENCE, (DIRECT_HTTP, "primary", Valid, 200)], None)]
fn for_several_causes_at_the_edge_one_direct_call_is_enough(
    #[case] more: &[Answer<'_>],
    #[case] next: Option<(String, String)>,
) {
    assert_eq!(asked(BOTH, &catalogue(&["edge/lunch", "edge/tea"], ALL_ARE_REFUSED), 403, more), next);
}

#[rstest]
#[case::one_behind_the_edge(&["backend/lunch"], NONE_IS_READ, 401, probe(DIRECT_HTTP, "primary"))]
#[case::all_behind_the_edge(&["backend/lunch", "backend/tea"], NONE_IS_READ, 401, probe(DIRECT_HTTP, "primary"))]
#[case::the_token_is_distinguished_from_none(&["backend/lunch", "backend/tea"], NONE_IS_CONFIRMED, 403, None)]
fn a_token_treated_as_missing_is_probed_directly(
    #[case] faults: &[&str],
    #[case] does: &str,
    #[case] refused: u16,
    #[case] next: Option<(String, String)>,
) {
    assert_eq!(asked(BOTH, &catalogue(faults, does), refused, &[EVIDENCE]), next);
}

#[rstest]
#[case::it_is_refused_there_too(401)]
#[case::it_is_served_there(200)]
fn one_direct_call_shows_whether_the_edge_removes_the_token(#[case] directly: u16) {
    let seen = [EVIDENCE, (DIRECT_HTTP, "primary", Valid, directly)];
    let next = next(BOTH, &catalogue(&["backend/lunch"], NONE_IS_READ), 401, &seen);
    assert!(next.as_ref().is_none_or(|key| key.endpoint != DIRECT_HTTP), "{next:?}");
}

const AUTH: &str = r#"["edge", "auth"]"#;
const UP: Answer<'_> = ("auth.health", "primary", NoToken, 200);

#[rstest]
#[case::the_token_was_not_validated_yet(&[UP], probe("auth.verify", "primary"))]
#[case::it_was_validated(&[UP, ("auth.verify", "primary", Valid, 200)], None)]
fn an_unaffected_auth_service_is_asked_to_validate_the_token(
    #[case] more: &[Answer<'_>],
    #[case] next: Option<(String, String)>,
) {
    assert_eq!(asked(AUTH, &catalogue(&["backend-auth/lunch"], NONE_IS_CONFIRMED), 403, more), next);
}
