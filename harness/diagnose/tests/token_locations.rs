//! One good token by two token locations on one socket: what tells that its header is not read, who is named for it, and what is asked to know.

use rstest::rstest;

use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::case::Case;
use crate::diagnose::catalogue::Catalogue;
use crate::diagnose::catalogue_file::parse;
use crate::diagnose::conclude::diagnose;
use crate::diagnose::given::{FailedStep, Given};
use crate::diagnose::token_locations;
use crate::diagnose::verdict::Cause;
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
    file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
}

/// What follows from these answers, each a 401 unless it is that of a health check, the first of which is a failed step.
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
#[case::like_none_in_the_header_and_not_as_a_subprotocol(&[IN_HEADER, BY_ITSELF, NOBODY], true)]
#[case::nobody_asked_without_a_token(&[IN_HEADER, BY_ITSELF], false)]
#[case::the_subprotocol_fares_like_none_too(&[IN_HEADER, (SOCKET, Valid, TokenLocation::Subprotocol, AS_NOBODY), NOBODY], false)]
#[case::the_header_is_looked_at(&[(SOCKET, Valid, TokenLocation::Header, REFUSED), BY_ITSELF, NOBODY], false)]
#[case::only_one_token_location_was_tried(&[IN_HEADER, NOBODY], false)]
#[case::a_bad_token_may_fare_as_it_likes(&[FOREIGN, (SOCKET, WrongKey, TokenLocation::Subprotocol, REFUSED), NOBODY], false)]
fn a_header_is_lost_where_it_fares_like_none_and_another_token_location_does_not(
    #[case] seen: &[Answer],
    #[case] lost: bool,
) {
    let fact = with(seen, |given| Case::of(given, &[]).fact("token-by-header").cloned());
    assert_eq!(fact.map(|fact| fact.value), lost.then_some("lost"));
}

#[rstest]
#[case::the_token_locations_part(&[IN_HEADER, BY_ITSELF], true)]
#[case::it_was_asked(&[IN_HEADER, BY_ITSELF, NOBODY], false)]
#[case::they_fare_alike(&[IN_HEADER, (SOCKET, Valid, TokenLocation::Subprotocol, AS_NOBODY)], false)]
fn where_two_token_locations_part_it_is_asked_how_nobody_fares(#[case] seen: &[Answer], #[case] asks: bool) {
    let open = [key(SOCKET, Valid), key("backend.threads", NoToken), key(SOCKET, NoToken)];
    let next = with(seen, |given| token_locations::doubtful(&Case::of(given, &[]), &open));
    assert_eq!(next, asks.then(|| key(SOCKET, NoToken)));
}

/// Whoever comes is refused, by this fault or that; one takes the token out of the header at the edge, one leaves it unread behind it.
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
    Catalogue { faults: written.into_iter().map(|one| one.fault).collect() }
}

fn named(causes: &[Cause]) -> Vec<&str> {
    let others = causes.iter().flat_map(|cause| cause.alternatives.iter().map(|one| one.fault.as_str()));
    causes.iter().map(|cause| cause.fault.as_str()).chain(others).collect()
}

#[test]
fn whoever_loses_the_header_is_named_beside_whoever_refuses_the_token() {
    let causes = with(&[IN_HEADER, BY_ITSELF, NOBODY], |given| diagnose(given, &catalogue()));
    assert_eq!(causes.len(), 2, "{causes:#?}");
    let named = named(&causes);
    assert!(["auth/refuses", "edge/takes", "backend/skips"].iter().all(|fault| named.contains(fault)), "{named:?}");
}

#[rstest]
#[case::it_is_not_read_there_either(AS_NOBODY, false)]
#[case::it_is_looked_at_there(REFUSED, true)]
fn past_the_edge_it_shows_whether_the_edge_took_the_header(#[case] past: &'static str, #[case] by_the_edge: bool) {
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
