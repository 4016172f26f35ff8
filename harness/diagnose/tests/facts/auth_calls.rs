//! Facts about the backend's calls, from the auth service's request log.

use rstest::rstest;

use crate::config::{Target, Validation};
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::readings::input::SentProbe;
use crate::evidence::{Evidence, LogEntry, LoggedRequest};
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{Valid, WrongKey};
use crate::terms::{Hop, Service, TokenKind};

const PROTECTED: &str = "backend.chat-messages";
const VALIDATE: &str = "/auth/validate";

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + seconds).expect("a timestamp")
}

/// Returns a request of the backend to the auth service.
fn asked(seconds: i64, path: &str, status: u16) -> LogEntry {
    asked_by("python-httpx/0.28", seconds, path, status)
}

fn asked_by(agent: &str, seconds: i64, path: &str, status: u16) -> LogEntry {
    let request = LoggedRequest {
        revision: None,
        latency_ms: None,
        service: Service::Auth,
        method: "POST".into(),
        path: path.into(),
        status,
        user_agent: agent.into(),
        platform: true,
    };
    LogEntry { request: Some(request), ..log_entry(at(seconds), Hop::Edge, "") }
}

/// Returns the facts when probe 1 fails from second 10 to 12, and probe 2, a control, is refused from second 20 to 22.
fn facts(log: Vec<LogEntry>, target: &Target) -> Vec<Fact> {
    facts_beside(PROTECTED, log, target)
}

/// Returns the same facts when probe 3 also fails, at this endpoint from second 30 to 32.
fn facts_beside(third: &str, log: Vec<LogEntry>, target: &Target) -> Vec<Fact> {
    let probe = |id: u32, on: &str, token: TokenKind| {
        let exchange = exchange(on, token).answered(401, "application/json", "{}");
        observe(&Exchange { id, ..exchange }, &endpoint(on), "").expect("an observation")
    };
    let sent = |exchange: u32, from: i64| SentProbe {
        exchange,
        started_at: at(from),
        ended_at: at(from + 2),
        trace_id: format!("{exchange:032}"),
        request_ids: Vec::new(),
    };
    let observations = [probe(1, PROTECTED, Valid), probe(2, PROTECTED, WrongKey), probe(3, third, Valid)];
    let all: Vec<&Observation> = observations.iter().collect();
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100)), ..Evidence::default() };
    Logbook::new(&evidence, &all, &[1, 3], &[sent(1, 10), sent(2, 20), sent(3, 30)]).calls(target)
}

fn value(facts: &[Fact], key: &str) -> Option<&'static str> {
    facts.iter().find(|fact| fact.key == key).map(|fact| fact.value)
}

#[rstest]
#[case::refused(401, "refused")]
#[case::answered(200, "answered")]
#[case::had_no_such_route(404, "missing")]
#[case::rate_limited(429, "throttled")]
#[case::rejected_as_malformed(415, "unfit")]
#[case::failed(500, "failed")]
fn a_validation_call_is_classified_by_its_status(#[case] status: u16, #[case] means: &str) {
    let facts = facts(vec![asked(11, VALIDATE, status)], &staging());
    assert_eq!(value(&facts, "backend-call"), Some(means));
    assert_eq!(value(&facts, "backend-contact"), Some("seen"));
}

#[rstest]
#[case::on_another_endpoint("backend.threads", 31, Some("passed-over"), Some("seen"))]
#[case::on_the_same_endpoint_a_breaker_may_have_been_open(PROTECTED, 31, None, None)]
#[case::for_a_control_an_answer_may_be_kept("backend.threads", 21, None, None)]
fn a_later_call_counts_only_at_another_endpoint(
    #[case] third: &str,
    #[case] second: i64,
    #[case] call: Option<&str>,
    #[case] contact: Option<&str>,
) {
    let facts = facts_beside(third, vec![asked(second, VALIDATE, 401)], &staging());
    assert_eq!((value(&facts, "backend-call"), value(&facts, "backend-contact")), (call, contact));
}

#[test]
fn a_line_with_the_trace_id_shows_the_auth_service_at_work() {
    let line = |exchange: u32| LogEntry {
        trace: Some(format!("{exchange:032}")),
        ..log_entry(at(11), Hop::Auth, "could not acquire a connection")
    };
    let at_work = |exchange| value(&facts(vec![asked(11, "/health", 503), line(exchange)], &staging()), "auth.at-work");
    assert_eq!((at_work(1), at_work(9)), (Some("yes"), None));
}

#[test]
fn a_validation_call_during_no_probe_is_absent() {
    let facts = facts(vec![asked(11, "/health", 200), asked(21, "/health", 200)], &staging());
    assert_eq!(value(&facts, "backend-call"), Some("absent"));
    assert_eq!(value(&facts, "backend-contact"), Some("seen"));
}

#[test]
fn a_call_during_another_probe_only_yields_no_fact() {
    let facts = facts(vec![asked(11, "/health", 200), asked(21, VALIDATE, 200)], &staging());
    assert_eq!(value(&facts, "backend-call"), None);
    assert_eq!(value(&facts, "token-judged"), None);
}

#[test]
fn calls_of_fivewhys_are_not_calls_of_the_backend() {
    let facts = facts(vec![asked_by("fivewhys/0.1", 11, VALIDATE, 200)], &staging());
    assert_eq!(value(&facts, "backend-call"), Some("absent"));
    assert_eq!(value(&facts, "backend-contact"), Some("none"));
}

#[test]
fn an_empty_log_yields_no_fact() {
    assert!(facts(Vec::new(), &staging()).is_empty());
}

#[rstest]
#[case::the_auth_service_validates(Validation::Introspection, Some("no"))]
#[case::the_backend_may_validate_itself(Validation::Unknown, None)]
fn a_token_without_validation_call_was_not_validated(#[case] validation: Validation, #[case] judged: Option<&str>) {
    let target = Target { validation, ..staging() };
    assert_eq!(value(&facts(vec![asked(11, "/health", 200)], &target), "token-judged"), judged);
}

#[rstest]
#[case::the_application_answered(404, Some("yes"))]
#[case::the_platform_answers_for_it(503, None)]
fn an_answer_of_the_application_shows_it_at_work(#[case] status: u16, #[case] at_work: Option<&str>) {
    assert_eq!(value(&facts(vec![asked(11, "/health", status)], &staging()), "auth.at-work"), at_work);
}
