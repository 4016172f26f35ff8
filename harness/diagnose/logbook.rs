//! What the log says about the failing probes: which lines were written while they were under way. Sits in `diagnose`.
//! Lines that our own probes provoked, or that other people's traffic did, must not count.

use jiff::Timestamp;

use super::chance::Tally;
use super::fault::{LogRule, LogScope};
use super::given::SentProbe;
use crate::evidence::{Evidence, LogEntry};
use crate::observe::{Hop, Observation};

/// An entry may be stamped this much after the probe ended, in milliseconds.
const SLACK_MS: i64 = 250;

/// When a probe was under way, up to the next one, and whose it was.
#[derive(Debug, Clone)]
pub(super) struct Window {
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
    pub(super) lines: Vec<Line<'a>>,
    windows: Vec<Window>,
}

/// One line of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) entry: &'a LogEntry,
    /// The probe it belongs to: by its trace, or else the one that was sent last before it.
    window: Option<usize>,
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
        let of = |entry| Line { entry, window: window_of(entry, &windows) };
        Self { lines: evidence.log.iter().map(of).collect(), windows }
    }

    /// The line of this rule, if it was written where it counts.
    pub(super) fn find(&self, rule: &LogRule) -> Option<LogMatch> {
        let is_meant = |line: &&Line<'_>| line.entry.by == rule.by && rule.means(&line.entry.text);
        let lines: Vec<&Line<'_>> = self.lines.iter().filter(is_meant).collect();
        let hit = match rule.scope {
            LogScope::Any => lines.last(),
            LogScope::Window | LogScope::State => lines.iter().find(|line| self.fails(line)),
        }?;
        let by_trace = self.failing().any(|at| hit.entry.trace.as_ref() == Some(&self.windows[at].trace));
        let counts = match rule.scope {
            LogScope::Any => true,
            LogScope::State => self.tally(&lines).is_steady(),
            LogScope::Window => by_trace || self.are_of_the_failure(&lines),
        };
        let decisive = rule.decisive && counts;
        Some(LogMatch { says: describe(hit.entry), decisive })
    }

    /// Whether the failing probes left these lines: the first of them, before breakers opened, and most of the others.
    fn are_of_the_failure(&self, lines: &[&Line<'_>]) -> bool {
        let in_first = |first: usize| lines.iter().any(|line| line.window == Some(first));
        self.failing().next().is_some_and(in_first) && self.tally(lines).is_ours()
    }

    fn tally(&self, lines: &[&Line<'_>]) -> Tally {
        let holds = |at: &usize| lines.iter().any(|line| line.window == Some(*at));
        let (windows, held) = (self.failing().count(), self.failing().filter(holds).count());
        let failing_ms: f64 = self.failing().map(|at| self.windows[at].ms()).sum();
        Tally {
            windows,
            held,
            window_ms: failing_ms / windows.max(1) as f64,
            foreign: lines.iter().filter(|line| line.is_foreign()).count(),
            quiet_ms: self.span_ms() - self.windows.iter().map(Window::ms).sum::<f64>(),
        }
    }

    /// How long the log is, in milliseconds.
    fn span_ms(&self) -> f64 {
        let times = || self.lines.iter().map(|line| line.entry.at);
        times().min().zip(times().max()).map_or(0.0, |(first, last)| last.duration_since(first).as_secs_f64() * 1000.0)
    }

    /// Whether the line belongs to the first failing probe.
    pub(super) fn is_of_the_first(&self, line: &Line<'_>) -> bool {
        line.window.is_some() && line.window == self.failing().next()
    }

    /// Whether any failing probe is within the log.
    pub(super) fn holds_a_failure(&self) -> bool {
        self.failing().next().is_some()
    }

    fn failing(&self) -> impl Iterator<Item = usize> {
        (0..self.windows.len()).filter(|at| self.windows[*at].kind == WindowKind::Failing)
    }

    fn fails(&self, line: &Line<'_>) -> bool {
        line.window.is_some_and(|at| self.windows[at].kind == WindowKind::Failing)
    }
}

impl Line<'_> {
    /// Whether it was written while no probe of ours was under way.
    pub(super) const fn is_foreign(&self) -> bool {
        self.window.is_none()
    }
}

fn window_of(entry: &LogEntry, windows: &[Window]) -> Option<usize> {
    let traced = entry.trace.as_deref().and_then(|trace| windows.iter().position(|window| window.trace == trace));
    traced
        .or_else(|| windows.iter().rposition(|window| window.from <= entry.at).filter(|at| entry.at <= windows[*at].to))
}

impl Window {
    fn ms(&self) -> f64 {
        self.to.duration_since(self.from).as_secs_f64() * 1000.0
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
