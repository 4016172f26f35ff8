//! Facts about the backend's calls to the auth service, from the backend's own log.

use rstest::rstest;

use crate::diagnose::facts::backend_log;
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::readings::input::SentProbe;
use crate::evidence::{Evidence, LogEntry};
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::observe;
use crate::terms::{Hop, TokenKind};

const PROTECTED: &str = "backend.chat-messages";

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + seconds).expect("a timestamp")
}

fn line(seconds: i64, by: Hop, text: &str) -> LogEntry {
    log_entry(at(seconds), by, text)
}

/// Returns the value of this fact.
fn told(log: Vec<LogEntry>, key: &str) -> Option<&'static str> {
    fact(log, key).map(|fact| fact.value)
}

/// Returns this fact. Probe 1 fails from second 10 to 12.
fn fact(log: Vec<LogEntry>, key: &str) -> Option<Fact> {
    let exchange = exchange(PROTECTED, TokenKind::Valid).answered(401, "application/json", "{}");
    let failing = observe(&exchange, &endpoint(PROTECTED), "").expect("an observation");
    let sent = SentProbe {
        exchange: 1,
        started_at: at(10),
        ended_at: at(12),
        trace_id: String::new(),
        request_ids: Vec::new(),
    };
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100)), ..Evidence::default() };
    let logbook = Logbook::new(&evidence, &[&failing], &[1], &[sent]);
    backend_log::facts(&logbook, &staging()).into_iter().find(|fact| fact.key == key)
}

#[rstest]
#[case::httpx(
    r#"HTTP Request: POST http://auth.inner:8081/auth/validate "HTTP/1.1 401 Unauthorized""#,
    Some("refused")
)]
#[case::go("POST http://auth.inner:8081/auth/validate -> 200", Some("ok"))]
#[case::requests("404 Client Error: Not Found for url: http://auth.inner:8081/auth/validate", Some("missing"))]
#[case::broken("auth answered 503 to http://auth.inner/auth/validate", Some("failed"))]
#[case::no_connection("Auth service connectivity check failed: All connection attempts failed", Some("unanswered"))]
#[case::late("Auth service connectivity check timed out after 0.5s", Some("timed-out"))]
#[case::not_asked("Circuit breaker is OPEN - auth service is temporarily unavailable", None)]
#[case::another_api(r#"HTTP Request: POST https://llm.example/v1/messages "HTTP/1.1 500 Internal Server Error""#, None)]
#[case::a_store("auth database connection failed: connection refused", None)]
fn a_line_of_the_backend_shows_how_its_validation_ended(#[case] text: &str, #[case] means: Option<&str>) {
    assert_eq!(told(vec![line(11, Hop::Backend, text)], "told-of-call"), means);
    assert_eq!(told(vec![line(50, Hop::Backend, text)], "told-of-call"), None, "of another time");
}

#[rstest]
#[case::an_answer(
    r#"POST http://auth.inner:8081/auth/validate "HTTP/1.1 401 Unauthorized""#,
    "HTTP/1.1 401 Unauthorized"
)]
#[case::no_answer("auth service: All connection attempts failed", "All connection attempts failed")]
fn the_part_that_shows_it_is_quoted(#[case] text: &str, #[case] part: &str) {
    let long = format!("{} {text}", "x".repeat(400));
    let says = fact(vec![line(11, Hop::Backend, &long)], "told-of-call").expect("it is known").says;
    assert!(says.contains(part) && says.contains(": …"), "{says}");
}

#[test]
fn a_health_check_is_distinguished_from_a_validation() {
    let log = || {
        vec![
            line(11, Hop::Backend, r#"HTTP Request: GET http://auth.inner:8081/health "HTTP/1.1 200 OK""#),
            line(
                11,
                Hop::Backend,
                r#"HTTP Request: POST http://auth.inner:8081/auth/validate "HTTP/1.1 500 Internal Server Error""#,
            ),
        ]
    };
    assert_eq!((told(log(), "told-of-health"), told(log(), "told-of-call")), (Some("ok"), Some("failed")));
}

#[rstest]
#[case::during_the_failing_probe(11, Some("yes"))]
#[case::at_another_time(40, Some("no"))]
fn the_auth_services_log_shows_whether_it_was_at_work(#[case] second: i64, #[case] means: Option<&str>) {
    assert_eq!(told(vec![line(second, Hop::Auth, "connection test successful")], "auth.writes"), means);
}

#[test]
fn a_log_without_the_auth_service_yields_no_fact_about_it() {
    assert_eq!(told(vec![line(11, Hop::Backend, "hello")], "auth.writes"), None);
}
