//! Log lines during failed calls directly at the backend: they belong to the failure too.

use rstest::rstest;

use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::infer::case::Case;
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::model::fault::LogRule;
use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
use crate::evidence::{Evidence, LogEntry};
use crate::fixtures::{exchange, log_entry};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::Hop;
use crate::terms::TokenKind::{None as NoToken, Valid};

const THROUGH: &str = "backend.chat-messages";
const PAST: &str = "backend.chat-messages@direct";
const HEALTHY: &str = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
const SERVED: &str = r#"{"messages":[]}"#;
const FAILED: (u16, &str) = (500, "{}");

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + seconds).expect("a timestamp")
}

fn line(seconds: i64, by: Hop) -> LogEntry {
    log_entry(at(seconds), by, "attribute error")
}

fn rule(by: &str) -> LogRule {
    toml::from_str(&format!("by = \"{by}\"\nmatch = \"attribute error\"\ndecisive = true")).expect("a rule")
}

fn target() -> Target {
    let file = TargetFile::embedded().expect("the shipped file parses");
    let set = ["direct=http://backend.inner.test".to_owned(), r#"evidence=["edge", "direct"]"#.to_owned()];
    file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
}

/// Returns a call that fails through the edge (second 10 to 12), the same call directly at the backend with this result
/// (second 20 to 22), and a successful direct health check (second 30).
fn probes(target: &Target, (status, body): (u16, &str)) -> (Vec<Observation>, Vec<SentProbe>) {
    let seen = |id: u32, on: &str, token, status: u16, body: &str| {
        let mut probe = exchange(on.trim_end_matches("@direct"), token).answered(status, "application/json", body);
        on.clone_into(&mut probe.probe.endpoint);
        observe(&Exchange { id, ..probe }, &target.endpoints[on], "").expect("an observation")
    };
    let observations = vec![
        seen(1, THROUGH, Valid, 403, "{}"),
        seen(2, PAST, Valid, status, body),
        seen(3, "backend.health@direct", NoToken, 200, HEALTHY),
    ];
    let sent = |exchange: u32| {
        let (from, trace_id) = (i64::from(exchange) * 10, format!("{exchange:032}"));
        SentProbe { exchange, started_at: at(from), ended_at: at(from + 2), trace_id, request_ids: Vec::new() }
    };
    (observations, (1..=3).map(sent).collect())
}

/// Returns whether the rule matches decisively when the direct call ends like this. `None`: no match.
fn met(log: Vec<LogEntry>, past: (u16, &str), rule: &LogRule) -> Option<bool> {
    let target = target();
    let (observations, sent) = probes(&target, past);
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100)), ..Evidence::default() };
    let failed = [FailedStep { step: "s/t".into(), exchange: 1, control: false }];
    let given =
        Given { target: &target, observations: &observations, sent: &sent, evidence: &evidence, failed: &failed };
    Case::of(given, &[]).logbook.find(rule).map(|line| line.decisive)
}

#[rstest]
#[case::the_backend("backend", Hop::Backend)]
#[case::the_auth_service("auth", Hop::Auth)]
fn a_line_during_a_failed_direct_call_is_decisive(#[case] by: &str, #[case] hop: Hop) {
    assert_eq!(met(vec![line(21, hop)], FAILED, &rule(by)), Some(true));
}

#[test]
fn a_line_during_a_successful_direct_call_does_not_count() {
    assert_eq!(met(vec![line(21, Hop::Backend)], (200, SERVED), &rule("backend")), None);
}

#[test]
fn a_line_of_other_traffic_is_not_decisive_for_direct_calls() {
    assert_eq!(met(vec![line(21, Hop::Backend), line(25, Hop::Backend)], FAILED, &rule("backend")), Some(false));
}

#[rstest]
#[case::of_both_ways(&[11, 21], 1)]
#[case::only_of_the_direct_call(&[21], 2)]
#[case::of_neither(&[40], 1)]
fn the_log_is_read_for_a_call_that_the_backend_logged(#[case] written: &[i64], #[case] exchange: u32) {
    let target = target();
    let (observations, sent) = probes(&target, FAILED);
    let log: Vec<LogEntry> = written.iter().map(|second| line(*second, Hop::Backend)).collect();
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    let book = Logbook::new(&evidence, &all, &[1], &sent).with_direct_failures(&[2]);
    let first = book.first_to_come_through().expect("a call that failed");
    assert_eq!(first.exchange(), exchange);
}

#[test]
fn a_line_of_another_service_shows_no_arrival_at_the_backend() {
    let target = target();
    let (observations, sent) = probes(&target, FAILED);
    let evidence =
        Evidence { log: vec![line(21, Hop::Auth)].into(), log_read_at: Some(at(100)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    let book = Logbook::new(&evidence, &all, &[1], &sent).with_direct_failures(&[2]);
    let first = book.first_to_come_through().expect("a call that failed");
    assert_eq!(first.exchange(), 1);
}
