//! One valid token in two locations of one WebSocket: when its header counts as not read, which faults are named, and
//! which probe follows.

use rstest::rstest;

use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::facts::token_location;
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::load::parse;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::cause::Cause;
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::{exchange, key};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};
use crate::terms::{TokenKind, TokenLocation};

const SOCKET: &str = "backend.websocket";
const DIRECT: &str = "backend.websocket@direct";
const AS_NOBODY: &str = r#"{"detail":"sign in first"}"#;
const HEALTHY: &str = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
const REFUSED: &str = r#"{"error":"not this one"}"#;

/// An answer: endpoint, token, token location, body.
type Answer = (&'static str, TokenKind, TokenLocation, &'static str);

const IN_HEADER: Answer = (SOCKET, Valid, TokenLocation::Header, AS_NOBODY);
const BY_ITSELF: Answer = (SOCKET, Valid, TokenLocation::Subprotocol, REFUSED);
const NOBODY: Answer = (SOCKET, NoToken, TokenLocation::Header, AS_NOBODY);
const FOREIGN: Answer = (SOCKET, WrongKey, TokenLocation::Header, AS_NOBODY);

fn target() -> Target {
    let file = TargetFile::embedded().expect("the shipped file parses");
    let set = ["direct=http://backend.inner.test".to_owned(), r#"evidence=["edge", "direct"]"#.to_owned()];
    let target = file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves");
    Target { engine: crate::terms::Engine::Old, ..target }
}

/// Returns the result of `then` for these answers: 200 for a health check, otherwise 401. The first one is a failed
/// step.
fn with<T>(answers: &[Answer], then: impl FnOnce(Given<'_>) -> T) -> T {
    let target = target();
    let seen = |((on, token, token_location, body), id): (&Answer, u32)| {
        let status = if *body == HEALTHY { 200 } else { 401 };
        let mut refused = exchange(SOCKET, *token).answered(status, "application/json", body);
        (*on).clone_into(&mut refused.probe.endpoint);
        refused.probe.token_location = *token_location;
        observe(&Exchange { id, ..refused }, &target.endpoints[*on], "u").expect("an observation")
    };
    let observations: Vec<Observation> = answers.iter().zip(1..).map(seen).collect();
    let (evidence, failed) = (Evidence::default(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    then(Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed })
}

#[rstest]
#[case::only_the_subprotocol_is_read(&[IN_HEADER, BY_ITSELF, NOBODY], true)]
#[case::no_call_without_a_token(&[IN_HEADER, BY_ITSELF], false)]
#[case::the_subprotocol_is_not_read_either(&[IN_HEADER, (SOCKET, Valid, TokenLocation::Subprotocol, AS_NOBODY), NOBODY], false)]
#[case::the_header_is_read(&[(SOCKET, Valid, TokenLocation::Header, REFUSED), BY_ITSELF, NOBODY], false)]
#[case::only_one_token_location_was_tried(&[IN_HEADER, NOBODY], false)]
#[case::a_bad_token_does_not_count(&[FOREIGN, (SOCKET, WrongKey, TokenLocation::Subprotocol, REFUSED), NOBODY], false)]
fn a_header_is_lost_if_only_another_location_is_read(#[case] seen: &[Answer], #[case] lost: bool) {
    let fact = with(seen, |given| Case::of(given, &[]).fact("token-by-header").cloned());
    assert_eq!(fact.map(|fact| fact.value), lost.then_some("lost"));
}

#[rstest]
#[case::the_locations_differ(&[IN_HEADER, BY_ITSELF], true)]
#[case::the_call_was_made(&[IN_HEADER, BY_ITSELF, NOBODY], false)]
#[case::they_get_the_same_response(&[IN_HEADER, (SOCKET, Valid, TokenLocation::Subprotocol, AS_NOBODY)], false)]
fn two_locations_that_differ_need_a_call_without_a_token(#[case] seen: &[Answer], #[case] asks: bool) {
    let open = [key(SOCKET, Valid), key("backend.threads", NoToken), key(SOCKET, NoToken)];
    let next = with(seen, |given| token_location::doubtful(&Case::of(given, &[]).readings, &open));
    assert_eq!(next, asks.then(|| key(SOCKET, NoToken)));
}

/// Returns one fault that refuses every token, one that removes the header at the edge, and one that ignores it at the
/// backend.
fn catalogue() -> Catalogue {
    let fault = |id: &str, predict: &str| {
        format!(
            "[[fault]]\nid = \"{id}\"\ntitle = \"t\"\nprior = \"uncommon\"\ninvolves = []\ncurable_by_rollback = false\nowner = \"o\"\n\
             fix = \"f\"\nwhys = [{{ claim = \"c\", proof = \"protected valid = denied\", mark = true }}]\n[[fault.mode]]\n\
             predict = [{predict}]\n"
        )
    };
    let not_read = r#"{ on = "protected valid header", result = ["denied"], same_as = "none" }, { on = "protected valid subprotocol", result = ["ok"] }"#;
    let lost = "usual_facts = { token-by-header = [\"lost\"] }\n";
    let text = [
        fault("auth/refuses", r#"{ on = "protected valid", result = ["denied"] }"#),
        fault("edge/takes", not_read) + lost,
        fault("backend/skips", not_read) + lost,
    ];
    let written = parse("few.toml", &text.concat()).expect("it is in order");
    Catalogue::of_faults(written.into_iter().map(|one| one.fault).collect())
}

fn named(causes: &[Cause]) -> Vec<&str> {
    let others = causes.iter().flat_map(|cause| cause.alternatives.iter().map(|one| one.fault.as_str()));
    causes.iter().map(|cause| cause.fault.as_str()).chain(others).collect()
}

#[test]
fn a_lost_header_and_a_refused_token_have_two_causes() {
    let causes = with(&[IN_HEADER, BY_ITSELF, NOBODY], |given| diagnose(given, &catalogue()));
    assert_eq!(causes.len(), 2, "{causes:#?}");
    let named = named(&causes);
    assert!(["auth/refuses", "edge/takes", "backend/skips"].iter().all(|fault| named.contains(fault)), "{named:?}");
}

#[rstest]
#[case::it_is_not_read_there_either(AS_NOBODY, false)]
#[case::it_is_read_there(REFUSED, true)]
fn a_direct_call_shows_whether_the_edge_removed_the_header(#[case] past: &'static str, #[case] by_the_edge: bool) {
    let health = ("backend.health@direct", NoToken, TokenLocation::Header, HEALTHY);
    let past =
        [(DIRECT, Valid, TokenLocation::Header, past), (DIRECT, NoToken, TokenLocation::Header, AS_NOBODY), health];
    let causes = with(&[&[IN_HEADER, BY_ITSELF, NOBODY][..], &past].concat(), |given| diagnose(given, &catalogue()));
    let named = named(&causes);
    assert_eq!(
        (named.contains(&"edge/takes"), named.contains(&"backend/skips")),
        (by_the_edge, !by_the_edge),
        "{named:?}"
    );
}
