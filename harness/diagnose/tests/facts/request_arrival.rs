//! Failing calls in the platform's request log: they reached this system, so the configured address leads here.

use rstest::rstest;

use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
use crate::diagnose::verdict::cause::Cause;
use crate::diagnose::verdict::diagnose;
use crate::evidence::{Evidence, LogEntry, LoggedRequest};
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{None as NoToken, Valid};
use crate::terms::{Hop, Service};

const PROTECTED: &str = "backend.chat-messages";
const HEALTH: &str = "backend.health";
const PATH: &str = "/api/chat/messages";
const OURS: &str = "fivewhys/0.1";
const PAGE: &str = "<!doctype html><title>Welcome</title>";

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + seconds).expect("a timestamp")
}

fn logged(seconds: i64, service: Service, agent: &str, path: &str) -> LogEntry {
    let (method, user_agent) = ("GET".to_owned(), agent.to_owned());
    let request = LoggedRequest {
        revision: None,
        latency_ms: None,
        service,
        method,
        path: path.into(),
        status: 200,
        user_agent,
        platform: true,
    };
    LogEntry { request: Some(request), ..log_entry(at(seconds), Hop::Edge, "") }
}

/// Returns the cause when a foreign page answers a protected call (second 10 to 12) and the health check (second 20 to
/// 22).
fn cause(log: Vec<LogEntry>) -> Cause {
    let page = |id: u32, on: &str, token| {
        let probe = Exchange { id, ..exchange(on, token).answered(200, "text/html", PAGE) };
        observe(&probe, &endpoint(on), "").expect("an observation")
    };
    let observations: Vec<Observation> = vec![page(1, PROTECTED, Valid), page(2, HEALTH, NoToken)];
    let sent = |exchange: u32, from: i64| SentProbe {
        exchange,
        started_at: at(from),
        ended_at: at(from + 2),
        trace_id: format!("{exchange:032}"),
        request_ids: Vec::new(),
    };
    let sent = [sent(1, 10), sent(2, 20)];
    let (target, failed) = (staging(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100)), ..Evidence::default() };
    let given =
        Given { target: &target, observations: &observations, sent: &sent, evidence: &evidence, failed: &failed };
    diagnose(given, Catalogue::shipped()).into_iter().next().expect("a cause")
}

fn remains(cause: &Cause, fault: &str) -> bool {
    cause.fault == fault || cause.alternatives.iter().any(|one| one.fault == fault)
}

#[rstest]
#[case::as_it_was_sent(PATH)]
#[case::with_its_query("/api/chat/messages?thread_id=fivewhys")]
fn a_logged_call_clears_the_address_and_not_the_route(#[case] path: &str) {
    let cause = cause(vec![logged(11, Service::Backend, OURS, path)]);
    let wrong_url = cause.ruled_out.iter().find(|one| one.fault == "client/wrong-base-url").expect("ruled out");
    assert_eq!(wrong_url.by.fact, Some("edge-saw"), "{wrong_url:?}");
    assert!(remains(&cause, "edge/route-drift"), "{cause:?}");
}

#[rstest]
#[case::of_another_agent(11, Service::Backend, "curl/8.5", PATH)]
#[case::of_another_path(11, Service::Backend, OURS, "/api/threads")]
#[case::of_a_path_that_begins_so(11, Service::Backend, OURS, "/api/chat/messages/unknown")]
#[case::at_another_service(11, Service::Auth, OURS, PATH)]
#[case::at_another_time(50, Service::Backend, OURS, PATH)]
#[case::while_another_probe_was_under_way(21, Service::Backend, OURS, PATH)]
fn any_other_request_says_nothing_about_the_address(
    #[case] second: i64,
    #[case] service: Service,
    #[case] agent: &str,
    #[case] path: &str,
) {
    let cause = cause(vec![logged(second, service, agent, path)]);
    assert!(remains(&cause, "client/wrong-base-url"), "{cause:?}");
    assert!(remains(&cause, "edge/route-drift"), "{cause:?}");
}
