//! What the called component says about a failed exchange, and which lines say nothing about it.

use rstest::rstest;

use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::said::{Said, Told};
use crate::diagnose::readings::input::SentProbe;
use crate::evidence::{Evidence, LogEntry, LoggedRequest};
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::statements::Meaning;
use crate::terms::TokenKind::Valid;
use crate::terms::{Hop, Service};

const CACHE: &str = "Redis connectivity failed";
const SIGNATURE: &str = "Signature verification failed";
/// The seconds at which the failed call of the backend, its successful call, and the failed call of the auth service
/// are halfway.
const FAILED: f64 = 10.5;
const SERVED: f64 = 20.5;
const FAILED_AT_AUTH: f64 = 30.5;

fn at(seconds: f64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond((1_800_000_000.0 * 1e6 + seconds * 1e6) as i64).expect("a timestamp")
}

fn line(seconds: f64, by: Hop, text: &str) -> LogEntry {
    log_entry(at(seconds), by, text)
}

/// Returns what is said about exchange 1 (the backend, second 10 to 11), 2 (a success of the backend, 20 to 21) and
/// 3 (the auth service, 30 to 31).
fn said(log: Vec<LogEntry>) -> Said {
    let seen = |id: u32, on: &str, status: u16, body: &str| {
        let sent = Exchange { id, ..exchange(on, Valid).answered(status, "application/json", body) };
        observe(&sent, &endpoint(on), "").expect("an observation")
    };
    let observations = [
        seen(1, "backend.chat-messages", 500, "{}"),
        seen(2, "backend.threads", 200, "[]"),
        seen(3, "auth.verify", 500, "{}"),
    ];
    let sent = |exchange: u32| {
        let from = f64::from(exchange) * 10.0;
        let trace_id = format!("{exchange:032}");
        SentProbe { exchange, started_at: at(from), ended_at: at(from + 1.0), trace_id, request_ids: Vec::new() }
    };
    let sent: Vec<SentProbe> = (1..=3).map(sent).collect();
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    Told::of(&Logbook::new(&evidence, &all, &[1, 3], &sent), &staging()).said(&all)
}

#[rstest]
#[case::the_backend(FAILED, Hop::Backend, 1)]
#[case::the_platform_of_the_backend(FAILED, Hop::Edge, 1)]
#[case::the_auth_service(FAILED_AT_AUTH, Hop::Auth, 3)]
fn a_line_of_the_called_component_is_read(#[case] seconds: f64, #[case] by: Hop, #[case] exchange: u32) {
    assert_eq!(said(vec![line(seconds, by, CACHE)]), Said::from([(exchange, vec![Meaning::Cache])]));
}

#[rstest]
#[case::auth_during_a_call_of_the_backend(FAILED, Hop::Auth)]
#[case::the_backend_during_a_call_of_auth(FAILED_AT_AUTH, Hop::Backend)]
#[case::the_edge_during_a_call_of_auth(FAILED_AT_AUTH, Hop::Edge)]
fn a_line_of_another_component_is_not_read(#[case] seconds: f64, #[case] by: Hop) {
    assert_eq!(said(vec![line(seconds, by, CACHE)]), Said::new());
}

#[rstest]
#[case::before(5.0)]
#[case::between(15.0)]
#[case::after(40.0)]
fn a_line_of_other_traffic_is_not_read(#[case] seconds: f64) {
    assert_eq!(said(vec![line(seconds, Hop::Backend, CACHE)]), Said::new());
}

#[test]
fn what_is_also_said_during_a_success_says_nothing() {
    let log = vec![
        line(FAILED, Hop::Backend, CACHE),
        line(FAILED, Hop::Backend, SIGNATURE),
        line(SERVED, Hop::Backend, CACHE),
    ];
    assert_eq!(said(log), Said::from([(1, vec![Meaning::SignatureInvalid])]));
}

#[test]
fn a_line_with_the_trace_id_of_the_call_is_read_at_any_time() {
    let traced = LogEntry { trace: Some(format!("{:032}", 1)), ..line(40.0, Hop::Backend, CACHE) };
    assert_eq!(said(vec![traced]), Said::from([(1, vec![Meaning::Cache])]));
}

#[test]
fn a_line_that_means_nothing_is_left_out() {
    assert_eq!(said(vec![line(FAILED, Hop::Backend, "order 17 was shipped")]), Said::new());
}

#[test]
fn a_line_of_the_request_log_is_not_read() {
    let request = LoggedRequest {
        service: Service::Backend,
        method: "GET".into(),
        path: "/api/chat/messages".into(),
        status: 500,
        user_agent: "fivewhys/0".into(),
        revision: None,
        latency_ms: None,
        platform: true,
    };
    let logged = LogEntry { request: Some(request), ..line(FAILED, Hop::Backend, CACHE) };
    assert_eq!(said(vec![logged]), Said::new());
}

#[rstest]
#[case::late("GET https://auth.staging.netrasystems.ai:443/users/7 failed: Net::ReadTimeout", Meaning::AuthLate)]
#[case::refused("https://auth.staging.netrasystems.ai:443: connection refused", Meaning::AuthUnreachable)]
#[case::of_another_service("GET https://rates.internal:443/eur failed: Net::ReadTimeout", Meaning::Waited)]
fn a_call_without_an_answer_to_the_address_of_auth_is_one_to_auth(#[case] text: &str, #[case] means: Meaning) {
    assert_eq!(said(vec![line(FAILED, Hop::Backend, text)]), Said::from([(1, vec![means])]));
}
