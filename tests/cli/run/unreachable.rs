//! Hosts that do not answer: a verdict at the right hop, within the budget.

use std::net::TcpListener;

use fivewhys::internal::report::{LegKind, Report, RunOutcome};
use fivewhys::internal::terms::Hop;
use rstest::rstest;

use crate::support::program::{fivewhys, stderr};

/// `smoke` against the shipped target `staging`, moved to this host and port.
fn smoke(host: &str, more: &[&str]) -> Report {
    let mut command = fivewhys(["smoke", "--target", "staging", "--format", "json"]);
    for (name, scheme) in [("backend", "http"), ("auth", "http"), ("websocket", "ws")] {
        command.args(["--set", &format!("{name}={scheme}://{host}")]);
    }
    command.args(["--set", "budget.requests_per_minute=60000"]).args(more);
    command.env("JWT_SECRET_STAGING", "a signing secret of more than 32 bytes");
    let output = command.output().expect("it starts");
    let report: Report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    assert_eq!(output.status.code(), Some(i32::from(report.exit.code)));
    assert_eq!(report.outcome, RunOutcome::Failed);
    report
}

fn hops(report: &Report) -> Vec<&str> {
    assert!(!report.causes.is_empty(), "something is blamed");
    report.causes.iter().filter_map(|cause| cause.fault.split(['/', '@']).next()).collect()
}

#[rstest]
#[case::a_closed_port("127.0.0.1:1", "network/connection-refused")]
#[case::a_name_that_is_none("fivewhys.invalid", "network/dns")]
fn an_unreachable_host_blames_the_network_or_the_client(#[case] host: &str, #[case] fault: &str) {
    let report = smoke(host, &[]);
    assert!(hops(&report).iter().all(|hop| ["network", "client"].contains(hop)), "{:?}", hops(&report));
    assert_eq!(report.causes[0].fault, fault);
    let passage = &report.passages[0];
    assert!(
        passage.hops.iter().all(|mark| !mark.answered && (!mark.reached || mark.hop == Hop::Client)),
        "{passage:?}"
    );
    assert_eq!(passage.legs.last().map(|leg| leg.kind), Some(LegKind::Lost), "{passage:?}");
}

#[test]
fn a_silent_server_is_given_up_within_the_budget() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let host = listener.local_addr().expect("its address").to_string();
    // The kernel accepts connections into the backlog: the network works, and no process reads or answers.
    let report = smoke(&host, &["--set", "budget.run=5s", "--set", "budget.probe=1s"]);
    assert!(hops(&report).iter().all(|hop| !["network", "client", "edge"].contains(hop)), "{:?}", hops(&report));
    assert!(report.timing.total_ms < 30_000.0, "{} ms", report.timing.total_ms);
    let late: Vec<_> = report.probes.iter().filter(|probe| probe.exchange.phases.end_ms > 15_000.0).collect();
    assert!(late.is_empty(), "{late:#?}");
}
