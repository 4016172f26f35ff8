//! Which log lines count: those of the failing probe, not those of other probes or of other traffic.

use rstest::rstest;

use crate::diagnose::logs::attribution::{JoinedBy, Logbook};
use crate::diagnose::model::expression::Expression;
use crate::diagnose::model::fault::LogRule;
use crate::diagnose::readings::input::SentProbe;
use crate::evidence::{Evidence, LogEntry, LoggedRequest};
use crate::fixtures::{endpoint, exchange, log_entry};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{Valid, WrongKey};
use crate::terms::{Hop, Service, TokenKind};

const FAILING: &str = "backend.chat-messages";

fn at(seconds: f64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond((1_800_000_000.0 * 1e6 + seconds * 1e6) as i64).expect("a timestamp")
}

/// Returns probe 1, which fails from second 10 to 11, and probe 2, a control, from second 20 to 21.
fn probes() -> (Vec<Observation>, Vec<SentProbe>) {
    let probe =
        |id: u32, token: TokenKind| Exchange { id, ..exchange(FAILING, token).answered(403, "application/json", "{}") };
    let seen = |exchange: Exchange| observe(&exchange, &endpoint(FAILING), "").expect("an observation");
    let sent = |exchange: u32, from: f64| SentProbe {
        exchange,
        started_at: at(from),
        ended_at: at(from + 1.0),
        trace_id: format!("{exchange:032}"),
        request_ids: Vec::new(),
    };
    (vec![seen(probe(1, Valid)), seen(probe(2, WrongKey))], vec![sent(1, 10.0), sent(2, 20.0)])
}

fn rule(decisive: bool, scope: &str) -> LogRule {
    let text = format!("by = \"auth\"\nmatch = \"invalid service secret\"\ndecisive = {decisive}\nscope = \"{scope}\"");
    toml::from_str(&text).expect("a rule")
}

fn line(seconds: f64) -> LogEntry {
    log_entry(at(seconds), Hop::Auth, "invalid service secret")
}

/// Returns whether the rule matches decisively. `None`: no match.
fn met(lines: Vec<LogEntry>, rule: &LogRule) -> Option<bool> {
    let (observations, sent) = probes();
    let evidence = Evidence { log: lines.into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    Logbook::new(&evidence, &all, &[1], &sent).find(rule).map(|line| line.decisive)
}

#[test]
fn a_line_during_the_failing_probe_is_decisive() {
    assert_eq!(met(vec![line(10.5)], &rule(true, "window")), Some(true));
}

#[test]
fn a_rule_that_is_a_hint_is_never_decisive() {
    assert_eq!(met(vec![line(10.5)], &rule(false, "window")), Some(false));
}

#[test]
fn a_line_during_a_control_does_not_count() {
    assert_eq!(met(vec![line(20.5)], &rule(true, "window")), None);
}

#[rstest]
#[case::before(5.0)]
#[case::between(15.0)]
#[case::after(40.0)]
fn a_line_of_other_traffic_is_only_a_hint(#[case] elsewhere: f64) {
    assert_eq!(met(vec![line(10.5), line(elsewhere)], &rule(true, "window")), Some(false));
}

#[test]
fn a_line_with_the_trace_id_of_the_probe_is_decisive() {
    let traced = LogEntry { trace: Some(format!("{:032}", 1)), ..line(10.5) };
    assert_eq!(met(vec![traced, line(40.0)], &rule(true, "window")), Some(true));
}

/// Returns by what a line was joined to the failing probe, and whether that decides against other traffic.
fn joined(line: LogEntry, ids: [&[&str]; 2]) -> Option<(JoinedBy, bool)> {
    let (observations, mut sent) = probes();
    for (probe, ids) in sent.iter_mut().zip(ids) {
        probe.request_ids = ids.iter().map(|id| (*id).to_owned()).collect();
    }
    let other = log_entry(at(40.0), Hop::Auth, "invalid service secret");
    let evidence = Evidence { log: vec![line, other].into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    let found = Logbook::new(&evidence, &all, &[1], &sent).find(&rule(true, "window"))?;
    assert!(found.says.contains(&format!("({})", found.joined_by?.words())), "{}", found.says);
    Some((found.joined_by?, found.decisive))
}

#[rstest]
#[case::by_trace_id(Some("00000000000000000000000000000001"), None, Some((JoinedBy::TraceId, true)))]
#[case::by_the_trace_id_of_the_response(Some("server-trace-1"), None, Some((JoinedBy::TraceId, true)))]
#[case::by_request_id(None, Some("request-1"), Some((JoinedBy::RequestId, true)))]
#[case::by_time(None, Some("request-9"), Some((JoinedBy::Time, false)))]
#[case::by_an_id_of_every_response(None, Some("same-for-all"), Some((JoinedBy::Time, false)))]
fn a_line_is_joined_to_its_probe(
    #[case] trace: Option<&str>,
    #[case] request_id: Option<&str>,
    #[case] by: Option<(JoinedBy, bool)>,
) {
    let owned = |id: &str| id.to_owned();
    let line = LogEntry { trace: trace.map(owned), request_id: request_id.map(owned), ..line(10.5) };
    let ids: [&[&str]; 2] = [&["request-1", "server-trace-1", "same-for-all"], &["same-for-all"]];
    assert_eq!(joined(line, ids), by);
}

#[rstest]
#[case::of_a_probe_that_began_in_its_second(10.0, Some(1))]
#[case::with_a_fraction_before_the_probe(10.2, None)]
#[case::of_the_second_before(9.0, None)]
fn a_line_in_whole_seconds_may_be_later_in_its_second(#[case] written: f64, #[case] of: Option<u32>) {
    let (observations, sent) = probes();
    let sent = [SentProbe { started_at: at(10.4), ended_at: at(10.6), ..sent[0].clone() }];
    let evidence = Evidence { log: vec![line(written)].into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let logbook = Logbook::new(&evidence, &[&observations[0]], &[1], &sent);
    assert_eq!(logbook.window_of(&logbook.entries[0]).map(|window| window.exchange()), of);
}

#[test]
fn a_line_without_a_time_belongs_to_no_probe_by_time() {
    let untimed = LogEntry { timed: false, line: Some(7), ..line(10.5) };
    assert_eq!(met(vec![untimed.clone()], &rule(true, "window")), None);
    let by_id = LogEntry { request_id: Some("request-1".into()), ..untimed };
    assert_eq!(joined(by_id, [&["request-1"], &[]]), Some((JoinedBy::RequestId, true)));
}

#[test]
fn entries_that_were_left_out_count_as_other_traffic() {
    let many = LogEntry { left_out: 100_000, ..line(10.5) };
    assert_eq!(met(vec![many, line(99.0)], &rule(true, "window")), Some(false));
}

#[test]
fn a_line_of_scope_any_counts_at_any_time() {
    assert_eq!(met(vec![line(2.0)], &rule(true, "any")), Some(true));
}

#[test]
fn a_probe_after_the_log_was_read_is_not_expected_in_it() {
    let (observations, mut sent) = probes();
    let third = SentProbe {
        exchange: 2,
        started_at: at(200.0),
        ended_at: at(201.0),
        trace_id: String::new(),
        request_ids: Vec::new(),
    };
    sent[1] = third;
    let evidence = Evidence { log: vec![line(10.5)].into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    let book = Logbook::new(&evidence, &all, &[1, 2], &sent);
    assert!(book.find(&rule(true, "window")).expect("met").decisive);
}

/// Returns the platform's line about a request of a probe.
fn requested(probe: u32, seconds: f64) -> LogEntry {
    let request = LoggedRequest {
        service: Service::Backend,
        method: "GET".into(),
        path: "/api/chat/messages".into(),
        status: 403,
        user_agent: "fivewhys/0".into(),
        revision: None,
        latency_ms: None,
        platform: true,
    };
    let trace = Some(format!("{probe:032}"));
    LogEntry { by: Hop::Edge, text: String::new(), request: Some(request), trace, ..line(seconds) }
}

#[rstest]
#[case::all_ten_minutes_behind(&[(1, -590.0), (2, -580.0)], -589.5, Some(true))]
#[case::one_request_in_step(&[(1, 10.0), (2, -580.0)], -589.5, None)]
#[case::in_step(&[(1, 10.0), (2, 20.0)], 10.5, Some(true))]
#[case::behind_and_logged_late(&[(1, -589.1), (2, -580.0)], -589.9, Some(true))]
#[case::ten_minutes_ahead(&[(1, 610.0), (2, 620.0)], 610.5, Some(true))]
#[case::ahead_and_logged_late(&[(1, 610.9), (2, 620.0)], 610.1, Some(true))]
#[case::ahead_and_written_at_local_time(&[(1, 610.0), (2, 620.0)], 10.5, None)]
fn the_log_is_read_by_its_own_clock(
    #[case] requests: &[(u32, f64)],
    #[case] written: f64,
    #[case] means: Option<bool>,
) {
    let requests = requests.iter().map(|(probe, seconds)| requested(*probe, *seconds));
    assert_eq!(met(requests.chain([line(written)]).collect(), &rule(true, "window")), means);
}

#[rstest]
#[case::its_own_failure_was_asked_for(&[2], Some(true))]
#[case::a_refusal_of_ours_is_not(&[], None)]
fn lines_during_a_failed_validation_belong_to_the_failure(#[case] failed: &[u32], #[case] means: Option<bool>) {
    let (observations, sent) = probes();
    let evidence = Evidence { log: vec![line(20.5)].into(), log_read_at: Some(at(100.0)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    let book = Logbook::new(&evidence, &all, &[1], &sent).with_failures_at_auth(failed);
    assert_eq!(book.find(&rule(true, "window")).map(|line| line.decisive), means);
}

#[rstest]
#[case::in_the_same_window(10.7, None)]
#[case::at_another_time(40.0, Some(true))]
fn a_line_next_to_a_line_of_another_entry_does_not_count(#[case] beside: f64, #[case] means: Option<bool>) {
    let other = LogEntry { text: "redis is gone".into(), ..line(beside) };
    let rule = LogRule {
        unless_beside: Some(Expression::new("redis".into()).expect("an expression")),
        ..rule(true, "window")
    };
    assert_eq!(met(vec![line(10.5), other], &rule), means);
}
