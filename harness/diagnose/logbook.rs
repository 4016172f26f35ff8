//! What the log says about the failing probes: which calls arrived, and which lines were written while they were under way.
//! Sits in `diagnose`. Lines that our own probes provoked, or that other people's traffic did, must not count.

use jiff::Timestamp;

use super::case::SentProbe;
use super::catalogue::{LogRule, LogScope};
use super::fact::Fact;
use crate::evidence::{Evidence, LogEntry};
use crate::observe::{Hop, Observation};
use crate::target::{Role, Service, Target};

/// An entry may be stamped this much after the probe ended, in milliseconds.
const SLACK_MS: i64 = 250;

/// What our own requests call themselves.
const OWN_AGENT: &str = "fivewhys/";

/// When a probe was under way, and whose it was.
#[derive(Debug, Clone)]
struct Window {
    from: Timestamp,
    to: Timestamp,
    trace: String,
    kind: WindowKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WindowKind {
    /// A good token was sent through the front door, or health was asked, and it failed.
    Failing,
    /// Anything else of ours.
    Other,
}

/// The log, with our own probes marked in it.
#[derive(Debug)]
pub(super) struct Logbook<'a> {
    entries: &'a [LogEntry],
    windows: Vec<Window>,
}

/// How a line of a fault was met.
#[derive(Debug, Clone)]
pub(super) struct LogMatch {
    /// The line in words.
    pub(super) says: String,
    /// Whether it is more than a hint.
    pub(super) decisive: bool,
}

impl<'a> Logbook<'a> {
    /// `sent` gives for each exchange id when it began, when it ended and its trace id.
    pub(super) fn new(evidence: &'a Evidence, all: &[&Observation], failing: &[u32], sent: &[SentProbe]) -> Self {
        let read_at = evidence.log_read_at.unwrap_or(Timestamp::MIN);
        let windows = all.iter().filter_map(|observation| {
            let probe = sent.iter().find(|probe| probe.exchange == observation.exchange)?;
            let kind = if failing.contains(&observation.exchange) { WindowKind::Failing } else { WindowKind::Other };
            let to = probe.ended_at.saturating_add(jiff::SignedDuration::from_millis(SLACK_MS)).ok()?;
            (probe.ended_at <= read_at).then(|| Window {
                from: probe.started_at,
                to,
                trace: probe.trace_id.clone(),
                kind,
            })
        });
        let mut windows: Vec<Window> = windows.collect();
        windows.sort_by_key(|window| window.from);
        Self { entries: &evidence.log, windows }
    }

    /// Whether the auth service was asked by the backend while the first failing probe was under way.
    pub(super) fn calls(&self, target: &Target) -> Vec<Fact> {
        let at_auth: Vec<_> = self.entries.iter().filter(is_request_at_auth).collect();
        // A log that shows none of what surely happened is not complete, and its silence proves nothing.
        let complete = at_auth.iter().any(|entry| is_ours(entry) || self.window_of(entry).is_some());
        let Some(first) = self.failing().next().filter(|_| complete) else { return Vec::new() };
        let in_first = |entry: &LogEntry| self.window_of(entry).is_some_and(|window| std::ptr::eq(window, first));
        let theirs: Vec<_> = at_auth.into_iter().filter(|entry| !is_ours(entry) && in_first(entry)).collect();
        let oracles: Vec<&str> = oracle_paths(target);
        let asked = theirs.iter().rev().find(|entry| oracles.contains(&path(entry)));
        vec![call_fact(asked.copied()), contact_fact(theirs.first().copied())]
    }

    /// The line of this rule, if it was written where it counts.
    pub(super) fn find(&self, rule: &LogRule) -> Option<LogMatch> {
        let lines: Vec<_> =
            self.entries.iter().filter(|entry| entry.by == rule.by && rule.pattern.is_match(&entry.text)).collect();
        let hit = match rule.scope {
            LogScope::Any => lines.last().copied(),
            LogScope::Window => lines.iter().find(|entry| self.window_of(entry).is_some_and(Window::fails)).copied(),
        }?;
        let ours_alone = lines.iter().all(|entry| self.window_of(entry).is_some());
        let holds =
            |window: &Window, entry: &LogEntry| self.window_of(entry).is_some_and(|of| std::ptr::eq(of, window));
        let in_each = self.failing().all(|window| lines.iter().any(|entry| holds(window, entry)));
        let by_trace = self.failing().any(|window| hit.trace.as_deref() == Some(window.trace.as_str()));
        let decisive = rule.decisive && (rule.scope == LogScope::Any || by_trace || (ours_alone && in_each));
        Some(LogMatch { says: describe(hit), decisive })
    }

    fn failing(&self) -> impl Iterator<Item = &Window> {
        self.windows.iter().filter(|window| window.fails())
    }

    /// The probe an entry belongs to: by its trace, or else the one that was sent last before it.
    fn window_of(&self, entry: &LogEntry) -> Option<&Window> {
        let traced = entry.trace.as_deref().and_then(|trace| self.windows.iter().find(|window| window.trace == trace));
        traced.or_else(|| {
            self.windows.iter().rev().find(|window| window.from <= entry.at).filter(|window| entry.at <= window.to)
        })
    }
}

impl Window {
    fn fails(&self) -> bool {
        self.kind == WindowKind::Failing
    }
}

fn describe(entry: &LogEntry) -> String {
    let who = match entry.by {
        Hop::Auth => "the auth service's log",
        Hop::Backend => "the backend's log",
        _ => "the platform's log",
    };
    let text: String = entry.text.lines().next().unwrap_or_default().chars().take(160).collect();
    format!("{who} at {}: {text}", entry.at.strftime("%H:%M:%S%.3fZ"))
}

fn is_request_at_auth(entry: &&LogEntry) -> bool {
    entry.request.as_ref().is_some_and(|request| request.service == Service::Auth)
}

fn is_ours(entry: &LogEntry) -> bool {
    entry.request.as_ref().is_some_and(|request| request.user_agent.starts_with(OWN_AGENT))
}

fn path(entry: &LogEntry) -> &str {
    entry.request.as_ref().map_or("", |request| request.path.as_str())
}

fn oracle_paths(target: &Target) -> Vec<&str> {
    let oracles = target.surfaces.values().filter(|surface| surface.role == Role::Oracle);
    oracles.map(|surface| surface.path.as_str()).collect()
}

fn call_fact(asked: Option<&LogEntry>) -> Fact {
    let key = "backend-call";
    let Some((entry, request)) = asked.and_then(|entry| Some((entry, entry.request.as_ref()?))) else {
        let says = "the auth service's request log holds no validation by the backend while our probe was under way";
        return Fact { key, value: "absent", anomaly: false, says: says.into(), exchange: None };
    };
    let value = match request.status {
        401 | 403 => "refused",
        500.. => "failed",
        _ => "answered",
    };
    let at = entry.at.strftime("%H:%M:%S%.3fZ");
    let says = format!(
        "its request log at {at}: {} {} by the backend, answered {}",
        request.method, request.path, request.status
    );
    Fact { key, value, anomaly: false, says, exchange: None }
}

fn contact_fact(seen: Option<&LogEntry>) -> Fact {
    let key = "backend-contact";
    match seen.and_then(|entry| entry.request.as_ref()) {
        Some(request) => {
            let says =
                format!("the backend reached it: {} {} answered {}", request.method, request.path, request.status);
            Fact { key, value: "seen", anomaly: false, says, exchange: None }
        }
        None => {
            let says = "the auth service's request log holds nothing from the backend while our probe was under way";
            Fact { key, value: "none", anomaly: false, says: says.into(), exchange: None }
        }
    }
}
