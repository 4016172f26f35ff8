//! What the log says about the failing probes: which calls arrived, and which lines were written while they were under way.
//! Sits in `diagnose`. Lines that our own probes provoked, or that other people's traffic did, must not count.

use jiff::Timestamp;

use super::case::SentProbe;
use super::catalogue::{LogRule, LogScope};
use super::chance::Tally;
use super::fact::Fact;
use crate::evidence::{Evidence, LogEntry};
use crate::observe::{Hop, Observation};
use crate::target::{Role, Service, Target};

/// An entry may be stamped this much after the probe ended, in milliseconds.
const SLACK_MS: i64 = 250;

/// What our own requests call themselves.
const OWN_AGENT: &str = "fivewhys/";

/// When a probe was under way, up to the next one, and whose it was.
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
        for at in 1..windows.len() {
            windows[at - 1].to = windows[at - 1].to.min(windows[at].from);
        }
        Self { entries: &evidence.log, windows }
    }

    /// Whether the auth service was asked by the backend while the first failing probe was under way. No fact where it was asked only
    /// while others were.
    pub(super) fn calls(&self, target: &Target) -> Vec<Fact> {
        let at_auth: Vec<&'a LogEntry> = self.entries.iter().filter(|entry| is_request_at_auth(entry)).collect();
        // A log that shows none of what surely happened is not complete, and its silence proves nothing.
        let complete = at_auth.iter().any(|entry| is_ours(entry) || self.window_of(entry).is_some());
        let Some(first) = self.failing().next().filter(|_| complete) else { return Vec::new() };
        let theirs = |entry: &&&LogEntry| !is_ours(entry) && self.window_of(entry).is_some();
        let theirs: Vec<&LogEntry> = at_auth.iter().filter(theirs).copied().collect();
        let oracles: Vec<&str> = oracle_paths(target);
        let validations: Vec<&LogEntry> =
            theirs.iter().filter(|entry| oracles.contains(&path(entry))).copied().collect();
        let of_first = |entries: &[&'a LogEntry]| {
            let found = entries.iter().rev().find(|entry| self.is_in(entry, first)).copied();
            // With a breaker open by then, or an answer cached, the first failing probe is silent where others are not.
            (found.is_some() || entries.is_empty()).then_some(found)
        };
        let call = of_first(&validations).map(call_fact);
        call.into_iter().chain(of_first(&theirs).map(contact_fact)).collect()
    }

    /// The line of this rule, if it was written where it counts.
    pub(super) fn find(&self, rule: &LogRule) -> Option<LogMatch> {
        let lines: Vec<_> =
            self.entries.iter().filter(|entry| entry.by == rule.by && rule.pattern.is_match(&entry.text)).collect();
        let hit = match rule.scope {
            LogScope::Any => lines.last().copied(),
            LogScope::Window => lines.iter().find(|entry| self.window_of(entry).is_some_and(Window::fails)).copied(),
        }?;
        let by_trace = self.failing().any(|window| hit.trace.as_deref() == Some(window.trace.as_str()));
        let decisive = rule.decisive && (rule.scope == LogScope::Any || by_trace || self.are_of_the_failure(&lines));
        Some(LogMatch { says: describe(hit), decisive })
    }

    /// Whether the failing probes left these lines: the first of them, before breakers opened, and most of the others.
    fn are_of_the_failure(&self, lines: &[&LogEntry]) -> bool {
        let holds = |window: &&Window| lines.iter().any(|entry| self.is_in(entry, window));
        let (windows, held) = (self.failing().count(), self.failing().filter(holds).count());
        let failing_ms: f64 = self.failing().map(Window::ms).sum();
        let tally = Tally {
            windows,
            held,
            window_ms: failing_ms / windows.max(1) as f64,
            foreign: lines.iter().filter(|entry| self.window_of(entry).is_none()).count(),
            quiet_ms: self.span_ms() - self.windows.iter().map(Window::ms).sum::<f64>(),
        };
        self.failing().next().is_some_and(|first| holds(&first)) && tally.is_ours()
    }

    /// How long the log is, in milliseconds.
    fn span_ms(&self) -> f64 {
        let times = || self.entries.iter().map(|entry| entry.at);
        times().min().zip(times().max()).map_or(0.0, |(first, last)| last.duration_since(first).as_secs_f64() * 1000.0)
    }

    fn is_in(&self, entry: &LogEntry, window: &Window) -> bool {
        self.window_of(entry).is_some_and(|of| std::ptr::eq(of, window))
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
    fn ms(&self) -> f64 {
        self.to.duration_since(self.from).as_secs_f64() * 1000.0
    }

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
