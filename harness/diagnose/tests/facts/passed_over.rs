//! A call without a validation call by the backend, although a later call has one: another fault nearer to the client
//! fails it.

use rstest::rstest;

use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::load::parse;
use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
use crate::diagnose::verdict::diagnose;
use crate::evidence::{Evidence, LogEntry, LoggedRequest};
use crate::fixtures::{by_lists, endpoint, exchange, log_entry};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::Valid;
use crate::terms::{Hop, Service};

const FIRST: &str = "backend.chat-messages";
const LATER: &str = "backend.websocket";

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + seconds).expect("a timestamp")
}

/// Returns two faults. With one, the auth service refuses every token. With the other, the backend does not read the
/// token.
fn catalogue(skips: &str) -> Catalogue {
    let fault = |id: &str, more: &str| {
        format!(
            "[[fault]]\nid = \"{id}\"\ntitle = \"t\"\nprior = \"uncommon\"\ninvolves = []\ncurable_by_rollback = false\nowner = \"o\"\n\
             fix = \"f\"\nwhys = [{{ claim = \"c\", proof = \"protected valid = denied\", mark = true }}]\n[[fault.mode]]\n{more}\n"
        )
    };
    let refuses =
        "predict = [{ on = \"protected valid\", result = [\"denied\"] }]\nfacts = { backend-call = [\"refused\"] }";
    let text = fault("auth/refuses", refuses) + &fault("backend/skips", skips);
    let written = parse("few.toml", &text).expect("it is in order");
    Catalogue::of_faults(written.into_iter().map(|one| one.fault).collect())
}

const SKIPS: &str = r#"predict = [{ on = "protected http valid", result = ["denied"] }]"#;
const SKIPS_SOCKETS: &str = r#"predict = [{ on = "protected websocket valid", result = ["denied"] }]"#;

/// Returns the causes when two calls are refused (second 10 to 12, second 20 to 22) and the backend validates a token
/// at this second.
fn causes(catalogue: &Catalogue, judged: i64) -> Vec<String> {
    let probe = |(id, on): (u32, &str)| {
        let refused = exchange(on, Valid).answered(401, "application/json", "{}");
        observe(&Exchange { id, ..refused }, &endpoint(on), "").expect("an observation")
    };
    let sent = |exchange: u32| SentProbe {
        exchange,
        started_at: at(i64::from(exchange) * 10),
        ended_at: at(i64::from(exchange) * 10 + 2),
        trace_id: format!("{exchange:032}"),
        request_ids: Vec::new(),
    };
    let observations: Vec<Observation> = [(1, FIRST), (2, LATER)].map(probe).into();
    let request = LoggedRequest {
        revision: None,
        latency_ms: None,
        service: Service::Auth,
        method: "POST".into(),
        path: "/auth/validate".into(),
        status: 401,
        user_agent: "python-httpx/0.28".into(),
        platform: true,
    };
    let asked = LogEntry { request: Some(request), ..log_entry(at(judged), Hop::Edge, "") };
    let evidence = Evidence { log: vec![asked].into(), log_read_at: Some(at(100)), ..Evidence::default() };
    let (target, failed) = (by_lists(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    let sent = [sent(1), sent(2)];
    let given =
        Given { target: &target, observations: &observations, sent: &sent, evidence: &evidence, failed: &failed };
    diagnose(given, catalogue).into_iter().map(|cause| cause.fault).collect()
}

#[rstest]
#[case::it_asked_for_the_later_one_alone(SKIPS, 21, &["auth/refuses", "backend/skips"])]
#[case::it_asked_for_the_first(SKIPS, 11, &["auth/refuses"])]
#[case::the_other_does_not_fail_the_first(SKIPS_SOCKETS, 21, &["unknown@backend"])]
fn a_call_without_validation_is_explained_by_a_second_fault(
    #[case] skips: &str,
    #[case] judged: i64,
    #[case] named: &[&str],
) {
    let mut causes = causes(&catalogue(skips), judged);
    causes.sort();
    assert_eq!(causes, named);
}
