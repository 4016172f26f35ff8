//! What the logs of both sides say about the backend's calls.

use std::collections::BTreeSet;

use fivewhys_path::CallSeen;
use rstest::rstest;

use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::said::Told;
use crate::diagnose::readings::input::SentProbe;
use crate::evidence::{Evidence, LogEntry, Severity};
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::statements::Meaning;
use crate::terms::Hop;
use crate::terms::TokenKind::Valid;

fn at(seconds: f64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond((1_800_000_000.0 * 1e6 + seconds * 1e6) as i64).expect("a timestamp")
}

/// Calls `read` with the log of two calls of the backend that failed beside each other, in the seconds 10 to 11. `health`:
/// beside them, we called the health check of the auth service.
fn with_log<T>(lines: &[(f64, Hop, &str)], read: impl FnOnce(&Logbook<'_>, &[&Observation]) -> T) -> T {
    of_calls(&[seen(1, "backend.chat-messages", 403), seen(2, "backend.threads", 403)], lines, read)
}

fn seen(id: u32, on: &str, status: u16) -> Observation {
    let sent = Exchange { id, ..exchange(on, Valid).answered(status, "application/json", "{}") };
    observe(&sent, &endpoint(on), "").expect("an observation")
}

fn of_calls<T>(
    observations: &[Observation],
    lines: &[(f64, Hop, &str)],
    read: impl FnOnce(&Logbook<'_>, &[&Observation]) -> T,
) -> T {
    let sent = |exchange: u32, from: f64| {
        let trace_id = format!("{exchange:032}");
        SentProbe { exchange, started_at: at(from), ended_at: at(11.0), trace_id, request_ids: Vec::new() }
    };
    let log: Vec<LogEntry> = lines.iter().map(|(seconds, by, text)| log_entry(at(*seconds), *by, text)).collect();
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    read(&Logbook::new(&evidence, &all, &[1, 2], &[sent(1, 10.0), sent(2, 10.001)]), &all)
}

fn call(lines: &[&str]) -> Option<CallSeen> {
    // The access log tells the second only.
    let lines: Vec<_> = lines.iter().map(|line| (10.0, Hop::Auth, *line)).collect();
    with_log(&lines, |logbook, all| logbook.call_seen(all, &staging()))
}

const OURS: &str = r#"10.0.0.1 - - "GET /elsewhere HTTP/1.1" 200 4 "-" "fivewhys/0.1.0""#;

#[rstest]
#[case::refused(r#"10.0.0.2 - - "POST /introspect HTTP/1.1" 403 29 "-" "aiohttp""#, CallSeen::Refused)]
#[case::another_route(r#"10.0.0.2 - - "POST /v2/introspect HTTP/1.1" 404 153"#, CallSeen::NoRoute)]
#[case::answered("POST /introspect 200 1.2 ms - 60", CallSeen::Answered)]
#[case::failed(r#"[GIN] | 503 | 1.2ms | ::1 | POST "/introspect""#, CallSeen::Failed)]
#[case::left(r#"::1 - - "POST /introspect HTTP/1.1" - - "-" "undici""#, CallSeen::Unfinished)]
#[case::too_many("POST /introspect 429", CallSeen::Throttled)]
fn the_access_log_of_auth_tells_how_it_answered_the_backend(#[case] line: &str, #[case] seen: CallSeen) {
    assert_eq!(call(&[OURS, line]), Some(seen));
}

#[test]
fn an_access_log_with_our_requests_alone_shows_that_the_backend_did_not_ask() {
    assert_eq!(call(&[OURS]), Some(CallSeen::Nothing));
}

#[test]
fn a_log_without_access_lines_tells_nothing() {
    assert_eq!(call(&["token refused"]), None);
}

#[test]
fn a_login_of_another_client_is_no_call_of_the_backend() {
    let login = staging().endpoints["auth.login"].path.clone();
    assert_eq!(call(&[OURS, &format!("POST {login} 401")]), Some(CallSeen::Nothing));
}

#[test]
fn a_refusal_beside_answers_may_be_that_of_a_bad_token() {
    assert_eq!(call(&["POST /introspect 200", "POST /introspect 401"]), Some(CallSeen::Answered));
}

#[test]
fn a_user_without_an_entry_is_no_missing_route() {
    let user = staging().users[0].sub.clone();
    assert_eq!(call(&[&format!("GET /permissions/{user} 404")]), Some(CallSeen::Answered));
}

#[test]
fn a_call_that_few_failures_have_is_no_question_about_their_tokens() {
    let failures: Vec<Observation> = (1..=9).map(|id| seen(id, "backend.threads", 403)).collect();
    let answer = |times: usize| {
        let lines = vec![(10.0, Hop::Auth, "POST /sign-in 401"); times];
        of_calls(&failures, &lines, |logbook, all| logbook.call_seen(all, &staging()))
    };
    assert_eq!((answer(4), answer(5)), (None, Some(CallSeen::Refused)));
}

#[test]
fn a_refusal_during_a_call_that_works_says_nothing_about_the_failures() {
    let line = [(10.5, Hop::Auth, "POST /introspect 403")];
    let of = |first: u16| {
        let calls = [seen(1, "backend.threads", 403), seen(2, "backend.threads", first)];
        of_calls(&calls, &line, |logbook, all| logbook.call_seen(&all[1..], &staging()))
    };
    assert_eq!((of(403), of(200)), (Some(CallSeen::Refused), Some(CallSeen::Nothing)));
}

#[test]
fn several_requests_during_one_call_count_once() {
    let failures: Vec<Observation> = (1..=3).map(|id| seen(id, "backend.threads", 403)).collect();
    let lines: Vec<_> = (1..=4).map(|at| (10.0 + f64::from(at) / 8.0, Hop::Auth, "POST /sign-in 401")).collect();
    // The third call was sent at no known time.
    let told = of_calls(&failures, &lines, |logbook, all| logbook.call_seen(all, &staging()));
    assert_eq!(told, Some(CallSeen::Refused), "during two of three calls");
    let one_line = [(10.0005, Hop::Auth, "POST /sign-in 401"); 4];
    let told = of_calls(&failures, &one_line, |logbook, all| logbook.call_seen(all, &staging()));
    assert_eq!(told, None, "during one of three calls");
}

#[test]
fn a_call_while_no_probe_was_under_way_is_not_about_the_failures() {
    let of = |others: f64| {
        let lines = [(10.5, Hop::Auth, "POST /introspect 200"), (others, Hop::Auth, "POST /sign-in 401")];
        with_log(&lines, |logbook, all| logbook.call_seen(all, &staging()))
    };
    assert_eq!((of(10.6), of(15.5)), (Some(CallSeen::Refused), Some(CallSeen::Answered)));
}

/// Returns how the backend was answered in a call from second 10 to 15, which ended so, by one line of the auth service.
fn answer_during_a_wait(status: u16, line: (f64, &str)) -> Option<CallSeen> {
    let observation = seen(1, "backend.threads", status);
    let trace_id = "1".repeat(32);
    let sent = [SentProbe { exchange: 1, started_at: at(10.0), ended_at: at(15.0), trace_id, request_ids: Vec::new() }];
    let quick = log_entry(at(10.2), Hop::Auth, "POST /introspect 401 3.1 ms - 20");
    let log = vec![quick, log_entry(at(line.0), Hop::Auth, line.1)];
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let all = [&observation];
    Logbook::new(&evidence, &all, &[1], &sent).call_seen(&all, &staging())
}

#[rstest]
#[case::after_the_call_had_ended((15.2, "POST /introspect 200 5123.4 ms - 60"), CallSeen::AnsweredLate)]
#[case::at_its_very_end((14.9, r#"level=info msg="POST /introspect 200" latency=4.8s"#), CallSeen::AnsweredLate)]
#[case::stamped_when_it_came((10.1, r#"10.0.0.2 - - "POST /introspect HTTP/1.1" 200 60 "-" "axios/1.7" 7012345"#), CallSeen::AnsweredLate)]
#[case::within_the_wait((13.0, "POST /introspect 200 2500.0 ms - 60"), CallSeen::Answered)]
#[case::quick((10.1, "POST /introspect 200 4.2 ms - 60"), CallSeen::Answered)]
#[case::without_a_duration((15.2, "POST /introspect 200"), CallSeen::Answered)]
fn an_answer_that_took_as_long_as_the_failing_call_came_too_late(#[case] line: (f64, &str), #[case] told: CallSeen) {
    assert_eq!(answer_during_a_wait(503, line), Some(told));
}

#[test]
fn a_long_answer_during_a_call_that_works_is_not_too_late() {
    let line = (14.9, "POST /introspect 200 4900.0 ms - 60");
    assert_eq!(answer_during_a_wait(200, line), Some(CallSeen::Answered));
}

#[rstest]
#[case::of_a_client("Client authentication failed: client_secret", &[Meaning::CallerSecretRefused])]
#[case::of_its_store("Redis connectivity failed", &[])]
fn an_auth_service_may_refuse_a_client_in_a_usual_line(#[case] text: &str, #[case] means: &[Meaning]) {
    let observation = seen(1, "backend.threads", 503);
    let sent = [SentProbe {
        exchange: 1,
        started_at: at(10.0),
        ended_at: at(11.0),
        trace_id: "1".repeat(32),
        request_ids: Vec::new(),
    }];
    let usual = LogEntry { severity: Some(Severity::Info), ..log_entry(at(10.5), Hop::Auth, text) };
    let evidence = Evidence { log: vec![usual].into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let logbook = Logbook::new(&evidence, &[&observation], &[1], &sent);
    assert_eq!(Told::of(&logbook, &staging()).auth_said(&BTreeSet::from([1])), means);
}

fn in_vain(lines: &[(f64, Hop, &str)]) -> Vec<Meaning> {
    let none_works = BTreeSet::new();
    with_log(lines, |logbook, _| Told::of(logbook, &staging()).called_in_vain(&BTreeSet::from([1, 2]), &none_works))
}

#[test]
fn what_is_also_logged_during_calls_that_work_says_nothing() {
    let line = (10.5, Hop::Backend, "introspection failed: TimeoutError()");
    let (failed, works) = (BTreeSet::from([1]), BTreeSet::from([2]));
    let told = with_log(&[line], |logbook, _| Told::of(logbook, &staging()).called_in_vain(&failed, &works));
    assert_eq!(told, []);
}

#[rstest]
#[case::status("introspection failed: 403, message='Forbidden', url='http://a/b'", Meaning::CallDenied)]
#[case::no_connection("introspection failed: ConnectionRefusedError(111, 'x')", Meaning::AuthUnreachable)]
#[case::late("cannot validate: introspection failed: TimeoutError()", Meaning::AuthLate)]
#[case::a_page("SyntaxError: Unexpected token '<', \"<!doctype \"... is not valid JSON", Meaning::CallGarbled)]
fn the_backend_says_how_its_call_ended(#[case] line: &str, #[case] means: Meaning) {
    assert_eq!(in_vain(&[(10.5, Hop::Backend, line)]), [means]);
}

#[rstest]
#[case::of_a_server(r#"10.0.0.1:5 [x] in shop/s1 0/0/0/5/320 200 232 - - sD-- 1/1 "GET /a HTTP/1.1""#, Meaning::Waited)]
#[case::of_tls("tls: first record does not look like a TLS handshake", Meaning::TlsFailed)]
fn the_edge_says_how_its_call_ended(#[case] line: &str, #[case] means: Meaning) {
    assert_eq!(in_vain(&[(10.5, Hop::Edge, line)]), [means]);
}

#[test]
fn a_line_of_one_call_is_not_one_of_most_calls() {
    // The second call began later.
    assert_eq!(in_vain(&[(10.0005, Hop::Backend, "introspection failed: TimeoutError()")]), []);
}
