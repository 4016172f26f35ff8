//! A backend that was just deployed and breaks the protocol: the verdict comes in time, and the gate never says `do not roll back`.

#![expect(clippy::print_stderr, reason = "a test shows its figures with --nocapture")]

use std::time::Duration;

use fivewhys::internal::diagnose::Certainty;
use fivewhys::internal::report::{Advice, Report};
use rstest::rstest;

use super::behaviours::{ALL, Behaviour};
use super::bytes::{Reply, Then, start};
use super::is_long;
use crate::support::program::{fivewhys, stderr};

const BUDGET: Duration = Duration::from_secs(12);
/// Guards against a program that does not end. It is no measurement: the machine may be busy.
const GRACE: Duration = Duration::from_secs(20);

/// Where the backend behaves so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Everywhere,
    BehindAGoodHealthCheck,
}

#[rstest]
fn a_hostile_backend_never_gets_wrong_advice(#[values(Where::Everywhere, Where::BehindAGoodHealthCheck)] place: Where) {
    let chosen = ALL.iter().filter(|one| one.short || is_long());
    let wrong: Vec<String> = chosen.filter_map(|one| wrong(one, place).err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Returns what is wrong with the run against this server.
fn wrong(behaviour: &'static Behaviour, place: Where) -> Result<(), String> {
    let address = start(move |asked| match place {
        Where::BehindAGoodHealthCheck if asked.path().starts_with("/health") => healthy(),
        _ => behaviour.reply(),
    });
    let mut command = fivewhys(["smoke", "--target", "staging", "--format", "json", "--evidence", "edge"]);
    for scenario in ["health", "chat-messages", "chat-stream", "websocket-events"] {
        command.args(["--scenario", scenario]);
    }
    for (name, scheme) in [("backend", "http"), ("auth", "http"), ("websocket", "ws")] {
        command.args(["--set", &format!("{name}={scheme}://{address}")]);
    }
    command.args(["--set", "budget.requests_per_minute=60000", "--set", "budget.probe=1s"]);
    // A debug build takes long to write a report with many large bodies.
    command.args(["--set", "budget.body_bytes=131072"]);
    command.args(["--set", &format!("budget.run={}s", BUDGET.as_secs())]);
    command.args(["--deployed", "backend=b-2", "--previous", "backend=b-1"]);
    let output = command.env("JWT_SECRET_STAGING", "a signing secret of more than 32 bytes").output();
    let output = output.expect("it starts");
    let name = behaviour.name;
    let says = |what: String| Err(format!("{name} ({place:?}): {what}"));
    if stderr(&output).contains("panicked") || !matches!(output.status.code(), Some(0 | 1 | 3)) {
        return says(format!("exit code {:?}: {}", output.status.code(), stderr(&output)));
    }
    let Ok(report) = serde_json::from_slice::<Report>(&output.stdout) else { return says("no report".to_owned()) };
    eprintln!("{}", shown(name, place, &report));
    if report.timing.total_ms > (BUDGET + GRACE).as_secs_f64() * 1000.0 {
        return says(format!("it took {} ms", report.timing.total_ms));
    }
    let advice = report.gate.as_ref().map(|gate| gate.advice);
    if advice == Some(Advice::DoNot) {
        return says(format!("do not roll back: {}", shown(name, place, &report)));
    }
    let elsewhere = |fault: &str| !fault.starts_with("backend/") && !fault.starts_with("unknown@");
    match report.causes.iter().find(|one| one.certainty == Certainty::Certain && elsewhere(&one.fault)) {
        Some(cause) => says(format!("certain and wrong: {}", cause.fault)),
        None => Ok(()),
    }
}

fn healthy() -> Reply {
    let body = r#"{"status": "healthy", "service": "netra-ai-platform"}"#;
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
    (head.into_bytes(), Then::Close)
}

fn shown(name: &str, place: Where, report: &Report) -> String {
    let causes: Vec<String> = report
        .causes
        .iter()
        .map(|one| format!("{} {} {} {:?}", one.fault, one.certainty, one.confidence, one.suspects))
        .collect();
    let advice = report.gate.as_ref().map(|gate| gate.advice);
    let longest = report.probes.iter().map(|one| one.exchange.phases.end_ms).fold(0.0, f64::max);
    let total = report.timing.total_ms;
    format!(
        "{name} | {place:?} | exit {} | {advice:?} | {total:.0} ms, longest probe {longest:.0} ms | {causes:?}",
        report.exit.code
    )
}
