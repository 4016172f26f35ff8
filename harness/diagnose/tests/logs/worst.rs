//! The worst lines of failed exchanges: which are shown, in which order, and how they are quoted.

use std::collections::BTreeSet;

use rstest::rstest;

use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::readings::input::SentProbe;
use crate::evidence::{Evidence, LogEntry, LoggedRequest, Severity};
use crate::fixtures::{endpoint, exchange, log_entry};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::Valid;
use crate::terms::{Hop, Service};

/// The seconds at which the calls are halfway: 1 and 3 fail, 2 succeeds. Each takes a second.
const FAILED: f64 = 10.5;
const SERVED: f64 = 20.5;
const FAILED_TOO: f64 = 30.5;

fn at(seconds: f64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond((1_800_000_000.0 * 1e6 + seconds * 1e6) as i64).expect("a timestamp")
}

fn line(seconds: f64, by: Hop, text: &str) -> LogEntry {
    log_entry(at(seconds), by, text)
}

fn given(severity: Severity, entry: LogEntry) -> LogEntry {
    LogEntry { severity: Some(severity), ..entry }
}

/// Returns an entry of the request log of the auth service.
fn requested(agent: &str, status: u16, text: &str) -> LogEntry {
    let request = LoggedRequest {
        service: Service::Auth,
        method: "POST".into(),
        path: "/auth/validate".into(),
        status,
        user_agent: agent.into(),
        revision: None,
        latency_ms: None,
        platform: true,
    };
    LogEntry { request: Some(request), ..line(FAILED, Hop::Edge, text) }
}

/// Returns the lines of the failed exchanges among these, each in words.
fn worst_of(log: Vec<LogEntry>, failed: &[u32]) -> Vec<String> {
    worst_beside(log, failed, 20.0)
}

/// Returns the same lines when the successful call begins at this second.
fn worst_beside(log: Vec<LogEntry>, failed: &[u32], served_from: f64) -> Vec<String> {
    let seen = |id: u32, status: u16| {
        let on = "backend.chat-messages";
        let body = if status == 200 { r#"{"messages":[]}"# } else { "{}" };
        let sent = Exchange { id, ..exchange(on, Valid).answered(status, "application/json", body) };
        observe(&sent, &endpoint(on), "").expect("an observation")
    };
    let observations = [seen(1, 500), seen(2, 200), seen(3, 500)];
    let sent = |exchange: u32| {
        let from = if exchange == 2 { served_from } else { f64::from(exchange) * 10.0 };
        SentProbe {
            exchange,
            started_at: at(from),
            ended_at: at(from + 1.0),
            trace_id: format!("{exchange:032}"),
            request_ids: Vec::new(),
        }
    };
    let sent: Vec<SentProbe> = (1..=3).map(sent).collect();
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    let logbook = Logbook::new(&evidence, &all, &[1, 3], &sent);
    let lines = logbook.worst(&failed.iter().copied().collect(), &BTreeSet::from([2]));
    lines.iter().map(|line| format!("{:?} {}", line.severity, line.says())).collect()
}

/// Returns the quoted parts of the lines of both failed exchanges.
fn worst(log: Vec<LogEntry>) -> Vec<String> {
    let quote = |says: String| says.split_once("): ").map_or(says.clone(), |(_, quote)| quote.to_owned());
    worst_of(log, &[1, 3]).into_iter().map(quote).collect()
}

#[rstest]
#[case::exception("KeyError: an exception")]
#[case::panic("thread 'main' panicked at src/main.rs")]
#[case::refused("dial tcp: connection refused")]
#[case::denied("permission denied")]
#[case::names_it("2026-11-22 ERROR [app] no tea")]
fn a_line_without_severity_is_an_error_where_it_looks_like_one(#[case] text: &str) {
    assert_eq!(
        worst_of(vec![line(FAILED, Hop::Auth, text)], &[1]),
        [format!("Error the auth service's log at 08:00:10.500Z (by time): {text}")]
    );
}

#[rstest]
#[case::of_its_own("WARNING the check failed")]
#[case::as_a_key(r#"level=warn msg="the check failed""#)]
#[case::in_brackets("[warn] 7#7: the check failed")]
#[case::as_json(r#"{"level":"warn","msg":"the check failed"}"#)]
fn a_line_that_names_its_severity_has_that(#[case] text: &str) {
    let found = worst_of(vec![line(FAILED, Hop::Backend, text)], &[1]);
    assert!(found[0].starts_with("Warning the backend's log"), "{found:?}");
}

#[rstest]
#[case::harmless(line(FAILED, Hop::Backend, "order 17 was shipped"))]
#[case::named_harmless(line(FAILED, Hop::Backend, "INFO: GET /error failed over"))]
#[case::given_as_harmless(given(Severity::Info, line(FAILED, Hop::Backend, "failed")))]
#[case::empty(given(Severity::Error, line(FAILED, Hop::Backend, " ")))]
#[case::before(line(5.0, Hop::Backend, "failed"))]
#[case::after(line(40.0, Hop::Backend, "failed"))]
#[case::of_a_served_call(line(SERVED, Hop::Backend, "failed"))]
#[case::a_served_request(requested("python", 200, "failed"))]
#[case::our_own_call_again(requested("fivewhys/0.1", 500, ""))]
fn a_line_that_shows_nothing_of_the_failure_is_left_out(#[case] entry: LogEntry) {
    assert_eq!(worst(vec![entry]), [""; 0]);
}

#[rstest]
#[case::refused(401, "Warning")]
#[case::broken(500, "Error")]
fn a_failed_request_of_another_client_is_shown(#[case] status: u16, #[case] severity: &str) {
    let log = vec![requested("python", status, "")];
    let says = format!("{severity} the platform's log at 08:00:10.500Z (by time): POST /auth/validate {status}");
    assert_eq!(worst_of(log, &[1]), [says]);
}

#[test]
fn what_the_platform_says_of_our_own_call_is_shown() {
    let log = vec![requested("fivewhys/0.1", 429, "no available instance")];
    assert_eq!(worst(log), ["POST /auth/validate 429: no available instance"]);
}

#[test]
fn errors_come_before_warnings_and_near_lines_before_far_ones() {
    let traced = LogEntry { trace: Some(format!("{:032}", 1)), ..line(12.0, Hop::Backend, "failed late") };
    let log = vec![
        given(Severity::Warning, line(FAILED, Hop::Auth, "slow")),
        traced,
        line(FAILED, Hop::Backend, "failed at once"),
    ];
    assert_eq!(worst(log), ["failed at once", "failed late", "slow"]);
}

#[test]
fn three_lines_are_shown() {
    let log = ["a", "b", "c", "d"].map(|what| line(FAILED, Hop::Backend, &format!("{what} failed")));
    assert_eq!(worst(log.to_vec()), ["a failed", "b failed", "c failed"]);
}

#[test]
fn lines_that_differ_in_numbers_ids_and_times_are_shown_once() {
    let text = |id: &str| format!("2026-11-22T03:00:0{}Z request {id} failed", id.len() % 10);
    let ids = ["17", "0af7651916cd43dd", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "01JDXK3QZ8WQ4T6V9B2N"];
    let log = ids.map(|id| line(FAILED, Hop::Backend, &text(id))).to_vec();
    let found = worst_of(log, &[1]);
    assert_eq!(
        found,
        ["Error the backend's log at 08:00:10.500Z (4 times, by time): 2026-11-22T03:00:02Z request 17 failed"]
    );
}

#[rstest]
#[case::by_another_component(Hop::Auth, "cache 2 failed", 1)]
#[case::of_another_text(Hop::Backend, "store 2 failed", 1)]
#[case::by_the_same(Hop::Backend, "cache 2 failed", 0)]
fn a_line_that_is_also_written_during_a_success_is_left_out(#[case] by: Hop, #[case] text: &str, #[case] left: usize) {
    let log = vec![line(FAILED, Hop::Backend, "cache 1 failed"), line(SERVED, by, text)];
    assert_eq!(worst(log).len(), left);
}

#[rstest]
#[case::it_may_be_late(11.2, None, 1)]
#[case::it_is_too_late(11.3, None, 0)]
#[case::its_trace_id_is_that_of_the_success(11.2, Some(2), 0)]
fn a_line_just_after_a_failure_says_nothing_of_the_success_that_followed(
    #[case] seconds: f64,
    #[case] traced: Option<u32>,
    #[case] left: usize,
) {
    let trace = traced.map(|exchange| format!("{exchange:032}"));
    let next = LogEntry { trace, ..line(seconds, Hop::Backend, "cache 2 failed") };
    let log = vec![line(FAILED, Hop::Backend, "cache 1 failed"), next];
    assert_eq!(worst_beside(log, &[1, 3], 11.05).len(), left);
}

#[test]
fn a_failure_that_another_cause_explains_is_not_read() {
    let log = || vec![line(FAILED, Hop::Backend, "a failed"), line(FAILED_TOO, Hop::Backend, "b failed")];
    assert_eq!(worst_of(log(), &[3]), ["Error the backend's log at 08:00:30.500Z (by time): b failed"]);
    assert_eq!(worst_of(log(), &[1, 3]).len(), 2);
}

#[test]
fn a_traceback_is_quoted_by_its_last_line() {
    let text = "Traceback (most recent call last):\n  File \"a.py\", line 3, in error\nKeyError: 'sub'\n";
    assert_eq!(worst(vec![line(FAILED, Hop::Backend, text)]), ["KeyError: 'sub'"]);
}

#[test]
fn a_huge_line_is_quoted_in_part_and_around_what_it_complains_about() {
    let text = format!("{}\u{1b}[31m{}refused{}", "x".repeat(900), "y".repeat(300), "z".repeat(900));
    let found = worst(vec![line(FAILED, Hop::Backend, &text)]);
    assert!(found[0].contains("refused") && found[0].chars().count() <= 161, "{found:?}");
}
