//! Which failing requests the backend's own log shows.

use std::collections::BTreeSet;

use rstest::rstest;

use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::readings::input::SentProbe;
use crate::evidence::{Evidence, LogEntry};
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::Hop;
use crate::terms::TokenKind::Valid;

const FAILING: [u32; 3] = [1, 2, 3];

/// Returns the time some milliseconds after a failing call was sent. Each call takes 20 ms, and one is sent every second.
fn at(exchange: u32, ms: i64) -> jiff::Timestamp {
    let sent = 1_800_000_000_000 + i64::from(exchange) * 1000;
    jiff::Timestamp::from_millisecond(sent + ms).expect("a timestamp")
}

fn sent(exchange: u32) -> SentProbe {
    SentProbe {
        exchange,
        started_at: at(exchange, 0),
        ended_at: at(exchange, 20),
        trace_id: format!("{exchange:032}"),
        request_ids: Vec::new(),
    }
}

fn arrived(log: Vec<LogEntry>) -> BTreeSet<u32> {
    let seen = |id: &u32| {
        let on = "backend.threads";
        let sent = Exchange { id: *id, ..exchange(on, Valid).answered(403, "application/json", "{}") };
        observe(&sent, &endpoint(on), "").expect("an observation")
    };
    let observations = FAILING.each_ref().map(seen);
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(60, 0)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    Logbook::new(&evidence, &all, &FAILING, &FAILING.map(sent)).arrived()
}

/// Returns a line for each failing call.
fn lines(by: Hop, text: &str) -> Vec<LogEntry> {
    FAILING.map(|exchange| log_entry(at(exchange, 10), by, text)).into()
}

#[rstest]
#[case::of_the_backend(Hop::Backend, &FAILING)]
#[case::of_the_edge(Hop::Edge, &[])]
#[case::of_the_auth_service(Hop::Auth, &[])]
fn a_line_of_the_backend_in_each_failing_call_shows_that_it_arrived(#[case] by: Hop, #[case] exchanges: &[u32]) {
    assert_eq!(arrived(lines(by, "the client address is not in the allow list")), exchanges.iter().copied().collect());
}

#[test]
fn a_line_that_other_traffic_writes_as_often_shows_nothing() {
    let mut log = lines(Hop::Backend, "GET /metrics 200");
    log.extend((0..50_000).step_by(25).map(|ms| log_entry(at(4, ms), Hop::Backend, "GET /metrics 200")));
    assert_eq!(arrived(log), BTreeSet::new());
}

/// Returns which of two failures the log misses, where this many of six successes are logged.
fn missed(logged: u32) -> BTreeSet<u32> {
    let seen = |id: u32| {
        let (on, status) = ("backend.threads", if id <= 2 { 403 } else { 200 });
        let sent = Exchange { id, ..exchange(on, Valid).answered(status, "application/json", "[]") };
        observe(&sent, &endpoint(on), "").expect("an observation")
    };
    let observations: Vec<Observation> = (1..=8).map(seen).collect();
    let sent: Vec<SentProbe> = (1..=8).map(sent).collect();
    let of_successes = (3..=8).take(logged as usize);
    let lines = std::iter::once(1).chain(of_successes);
    let log: Vec<LogEntry> = lines.map(|id| log_entry(at(id, 10), Hop::Backend, "GET /api/threads")).collect();
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(60, 0)), ..Evidence::default() };
    let all: Vec<&Observation> = observations.iter().collect();
    Logbook::new(&evidence, &all, &[1, 2], &sent).missed(&all, &staging())
}

#[rstest]
#[case::every_success_is_logged(6, &[2])]
#[case::one_is_not(5, &[])]
#[case::none_is(0, &[])]
fn a_failure_that_the_log_alone_lacks_did_not_arrive(#[case] logged: u32, #[case] exchanges: &[u32]) {
    assert_eq!(missed(logged), exchanges.iter().copied().collect());
}
