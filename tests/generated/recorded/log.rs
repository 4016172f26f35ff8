//! The recorded log lines as entries of a log that fivewhys has read.
//!
//! uvicorn's access lines of the auth service become entries of the platform's request log: only there do they exist in a deployment.

use std::sync::LazyLock;

use fivewhys::internal::evidence::{Evidence, LogEntry, LoggedRequest};
use fivewhys::internal::terms::{Hop, Service};
use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use crate::recorded::recording::{Probe, Recording};

static ACCESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"- "(?<method>[A-Z]+) (?<path>[^ ?"]+)[^"]* HTTP/[\d.]+" (?<status>\d{3})"#)
        .expect("a constant pattern")
});

/// Everything that was logged from the start up to the last of these probes.
pub(crate) fn of(recording: &Recording, probes: &[&Probe]) -> Evidence {
    let before = recording.began() - SignedDuration::from_secs(1);
    let started = [Hop::Backend, Hop::Auth].into_iter().zip(recording.startup_logs());
    let started = started.flat_map(|(by, lines)| lines.iter().map(move |line| text(by, line, before)));
    let mut log: Vec<LogEntry> = started.collect();
    for probe in probes {
        log.extend(of_probe(recording.began(), probe));
    }
    log.sort_by_key(|entry| entry.at);
    let ended = probes.iter().map(|probe| after(recording.began(), probe.at_s * 1000.0 + probe.took_ms())).max();
    Evidence { log: log.into(), log_read_at: ended.map(|at| at + SignedDuration::from_secs(1)), ..Evidence::default() }
}

/// Lines carry no time of their own; they are spread over the probe in the order they were written.
fn of_probe(began: Timestamp, probe: &Probe) -> Vec<LogEntry> {
    let ours = probe.name.starts_with("auth ");
    let backend = spread(&probe.backend_log, probe).map(|(at_ms, line)| text(Hop::Backend, line, after(began, at_ms)));
    let auth = spread(&probe.auth_log, probe).map(|(at_ms, line)| {
        let at = after(began, at_ms);
        access(line, at, ours).unwrap_or_else(|| text(Hop::Auth, line, at))
    });
    backend.chain(auth).collect()
}

fn spread<'a>(lines: &'a [String], probe: &Probe) -> impl Iterator<Item = (f64, &'a String)> {
    let (from, step) = (probe.at_s * 1000.0, probe.took_ms() / (lines.len() as f64 + 1.0));
    lines.iter().enumerate().map(move |(at, line)| (from + step * (at as f64 + 1.0), line))
}

fn access(line: &str, at: Timestamp, ours: bool) -> Option<LogEntry> {
    let found = ACCESS.captures(line)?;
    let agent = if ours { "fivewhys/0" } else { "python-httpx/0.28" };
    let request = LoggedRequest {
        revision: None,
        latency_ms: None,
        service: Service::Auth,
        method: found["method"].to_owned(),
        path: found["path"].to_owned(),
        status: found["status"].parse().ok()?,
        user_agent: agent.to_owned(),
        platform: true,
    };
    Some(LogEntry { request: Some(request), ..LogEntry::new(at, Hop::Edge, "") })
}

fn text(by: Hop, line: &str, at: Timestamp) -> LogEntry {
    LogEntry::new(at, by, line)
}

fn after(began: Timestamp, ms: f64) -> Timestamp {
    began + SignedDuration::from_micros((ms * 1000.0) as i64)
}
