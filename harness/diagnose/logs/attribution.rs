//! Which log lines belong to the failing probes.
//!
//! Lines that other probes or other traffic provoked must not count.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnose::logs::coincidence::Tally;
use crate::diagnose::logs::overlap::latest;
use crate::diagnose::logs::quote::{log_and_time, quoted};
use crate::diagnose::logs::window::{Window, WindowKind};
use crate::diagnose::model::expression::Expression;
use crate::diagnose::model::fault::{LogRule, LogScope};
use crate::diagnose::readings::input::SentProbe;
use crate::evidence::{Evidence, Log, LogEntry};
use crate::observe::Observation;
use crate::terms::Hop;

/// The clocks of the log and of this machine may differ by this much and still count as in step.
const IN_STEP: jiff::SignedDuration = jiff::SignedDuration::from_secs(3);

/// An entry may carry a time this long after the probe ended, in milliseconds.
pub(super) const SLACK_MS: i64 = 250;

/// The log, with the windows of the probes.
#[derive(Debug)]
pub(crate) struct Logbook<'a> {
    pub(crate) entries: &'a [LogEntry],
    log: &'a Log,
    windows: Vec<Window>,
    /// For each entry, the place of the window that it belongs to.
    belongs: Vec<Option<usize>>,
}

/// By what a log line was joined to a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JoinedBy {
    /// The line has the trace id that the probe carried, or that the response named.
    TraceId,
    /// The line has the request id that the response named.
    RequestId,
    /// The line was written while the probe ran.
    Time,
}

impl JoinedBy {
    /// Returns it in words: `by trace id`.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::TraceId => "by trace id",
            Self::RequestId => "by request id",
            Self::Time => "by time",
        }
    }
}

/// A line of the log that matches a rule of a fault.
#[derive(Debug, Clone)]
pub(crate) struct LogMatch {
    /// The line's place in the log.
    pub(crate) entry: usize,
    /// The line in words.
    pub(crate) says: String,
    /// Whether it is more than a hint.
    pub(crate) decisive: bool,
    /// Whether it belongs to the failing probes and not to other traffic, or counts at any time.
    pub(crate) is_ours: bool,
    /// Whether it counts at any time.
    pub(crate) at_any_time: bool,
    /// By what it was joined to a probe, if it was.
    pub(crate) joined_by: Option<JoinedBy>,
}

impl LogMatch {
    /// Reports whether the line is more than a hint at the present failure.
    pub(crate) const fn is_of_the_failure(&self) -> bool {
        self.decisive && !self.at_any_time
    }
}

impl<'a> Logbook<'a> {
    /// Creates the logbook. `sent` has the times and the trace id of each exchange, and `failing` the exchanges that
    /// failed.
    pub(crate) fn new(evidence: &'a Evidence, all: &[&Observation], failing: &[u32], sent: &[SentProbe]) -> Self {
        let read_at = evidence.log_read_at.unwrap_or(Timestamp::MIN);
        let probes: HashMap<u32, &SentProbe> = sent.iter().rev().map(|probe| (probe.exchange, probe)).collect();
        let failing: HashSet<u32> = failing.iter().copied().collect();
        let shared = shared_ids(sent);
        let windows = all.iter().filter_map(|observation| {
            let probe = probes.get(&observation.exchange)?;
            let kind = if failing.contains(&observation.exchange) { WindowKind::Failing } else { WindowKind::Other };
            let to = probe.ended_at.saturating_add(jiff::SignedDuration::from_millis(SLACK_MS)).ok()?;
            let is_of_one = |id: &&String| !shared.contains(id.as_str());
            (probe.ended_at <= read_at).then(|| Window {
                from: probe.started_at,
                ended: probe.ended_at,
                to,
                trace: probe.trace_id.clone(),
                request_ids: probe.request_ids.iter().filter(is_of_one).cloned().collect(),
                exchange: observation.exchange,
                endpoint: observation.probe.endpoint.clone(),
                kind,
            })
        });
        let ahead = ahead(&evidence.log, sent);
        let mut windows: Vec<Window> = windows.filter_map(|window| window.by_a_clock(ahead)).collect();
        windows.sort_by_key(|window| window.from);
        for at in 1..windows.len() {
            windows[at - 1].to = windows[at - 1].to.min(windows[at].from);
        }
        let belongs = belongs(&evidence.log, &windows);
        Self { entries: &evidence.log, log: &evidence.log, windows, belongs }
    }

    /// Returns the entries that belong to any probe, in the order of the log.
    pub(crate) fn of_probes(&self) -> impl DoubleEndedIterator<Item = &'a LogEntry> {
        self.entries.iter().zip(&self.belongs).filter(|(_, window)| window.is_some()).map(|(entry, _)| entry)
    }

    /// Returns the entries that a rule means, in the order of the log. Each entry is compared with a rule once in a run.
    fn meant_by(&self, rule: &LogRule) -> Vec<&'a LogEntry> {
        let unless = rule.unless.as_ref().map_or("", Expression::as_str);
        let name = format!("{:?}\n{}\n{unless}", rule.by, rule.pattern.as_str());
        let mut entries = self.passing(&name, |entry| entry.by == rule.by && rule.means(&entry.text));
        entries.retain(|entry| !self.is_beside_an_exception(entry, rule));
        entries
    }

    /// Returns the entries that pass a test, in the order of the log. `name` must stand for this test alone.
    pub(super) fn passing(&self, name: &str, test: impl Fn(&LogEntry) -> bool) -> Vec<&'a LogEntry> {
        self.log.passing(name, test).iter().map(|at| &self.entries[*at]).collect()
    }

    /// Returns the windows, the earliest first.
    pub(super) fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Marks probes of the auth service that failed. What it wrote during them belongs to the failure too.
    pub(crate) fn with_failures_at_auth(self, exchanges: &[u32]) -> Self {
        self.with(WindowKind::FailingAtAuth, exchanges)
    }

    /// Marks probes directly at the backend that failed.
    pub(crate) fn with_direct_failures(self, exchanges: &[u32]) -> Self {
        self.with(WindowKind::FailingDirectly, exchanges)
    }

    fn with(mut self, kind: WindowKind, exchanges: &[u32]) -> Self {
        let others = self.windows.iter_mut().filter(|window| window.kind == WindowKind::Other);
        others.filter(|window| exchanges.contains(&window.exchange)).for_each(|window| window.kind = kind);
        self
    }

    /// Returns the line of this rule, if it was written at a time that counts.
    pub(crate) fn find(&self, rule: &LogRule) -> Option<LogMatch> {
        let kinds = Window::kinds(rule.by);
        let (hit, lines) = match rule.scope {
            LogScope::Any => self.meant_by(rule).last().map(|last| (*last, Vec::new()))?,
            LogScope::Window | LogScope::State => {
                let of = |entry: &&LogEntry| self.window_of(entry).is_some_and(|window| kinds.contains(&window.kind));
                // Few entries belong to a failing probe. Only if one of them is meant, the others matter.
                let hit = self.of_probes().filter(of).find(|entry| self.is_meant(entry, rule))?;
                (hit, self.meant_by(rule))
            }
        };
        let by_trace = self.failing().any(|window| window.is_traced(hit));
        let counts = match rule.scope {
            LogScope::Any => true,
            LogScope::State => kinds.iter().any(|kind| self.tally(&lines, *kind).is_steady()),
            LogScope::Window => by_trace || kinds.iter().any(|kind| self.are_of_the_failure(&lines, *kind)),
        };
        let (decisive, at_any_time) = (rule.decisive && counts, rule.scope == LogScope::Any);
        Some(LogMatch {
            entry: self.place(hit),
            says: self.describe_match(hit, rule),
            decisive,
            is_ours: counts,
            at_any_time,
            joined_by: self.joined_by(hit),
        })
    }

    /// Returns by what an entry was joined to a probe, if it was.
    pub(crate) fn joined_by(&self, entry: &LogEntry) -> Option<JoinedBy> {
        self.window_of(entry).map(|window| window.joined_by_id(entry).unwrap_or(JoinedBy::Time))
    }

    /// Returns a line in words, with the part that the rule matches.
    fn describe_match(&self, entry: &LogEntry, rule: &LogRule) -> String {
        let matched = rule.pattern.find(&entry.text).map_or(0, |found| found.start);
        let by = self.joined_by(entry).map_or(String::new(), |by| format!(" ({})", by.words()));
        format!("{}{by}: {}", log_and_time(entry), quoted(&entry.text, matched))
    }

    /// Returns the place of an entry. Equal entries have one place: a log may hold a line twice.
    fn place(&self, entry: &LogEntry) -> usize {
        self.entries.iter().position(|one| one == entry).unwrap_or(self.entries.len())
    }

    fn is_meant(&self, entry: &LogEntry, rule: &LogRule) -> bool {
        entry.by == rule.by && rule.means(&entry.text) && !self.is_beside_an_exception(entry, rule)
    }

    /// Reports whether an entry that the rule excepts belongs to the same probe.
    fn is_beside_an_exception(&self, entry: &LogEntry, rule: &LogRule) -> bool {
        let Some((unless, window)) = rule.unless_beside.as_ref().zip(self.window_of(entry)) else { return false };
        let near = self.of_probes().filter(|other| other.by == rule.by && self.is_in(other, window));
        near.into_iter().any(|other| unless.is_match(&other.text))
    }

    /// Reports whether the failing probes through the edge left these lines.
    pub(crate) fn are_of_failures_through_the_edge(&self, lines: &[&LogEntry]) -> bool {
        self.are_of_the_failure(lines, WindowKind::Failing)
    }

    /// Reports whether the failing probes left these lines: the first of them, before a circuit breaker opened, and
    /// most others.
    fn are_of_the_failure(&self, lines: &[&LogEntry], kind: WindowKind) -> bool {
        let in_first = |first: &Window| lines.iter().any(|entry| self.is_in(entry, first));
        self.of_kind(kind).next().is_some_and(in_first) && self.tally(lines, kind).is_ours()
    }

    fn tally(&self, lines: &[&LogEntry], kind: WindowKind) -> Tally {
        let holds = |window: &&Window| lines.iter().any(|entry| self.is_in(entry, window));
        let (windows, held) = (self.of_kind(kind).count(), self.of_kind(kind).filter(holds).count());
        let failing_ms: f64 = self.of_kind(kind).map(Window::ms).sum();
        Tally {
            windows,
            held,
            window_ms: failing_ms / windows.max(1) as f64,
            foreign: lines.iter().map(|entry| self.foreign(entry)).sum(),
            quiet_ms: self.span_ms() - self.windows.iter().map(Window::ms).sum::<f64>(),
        }
    }

    /// Returns how many entries outside all windows this one stands for: with those that were left out.
    fn foreign(&self, entry: &LogEntry) -> usize {
        let left_out = usize::try_from(entry.left_out).unwrap_or(usize::MAX);
        left_out.saturating_add(usize::from(self.window_of(entry).is_none()))
    }

    /// Returns the length of the log, in milliseconds.
    fn span_ms(&self) -> f64 {
        let times = || self.entries.iter().filter(|entry| entry.timed).map(|entry| entry.at);
        times().min().zip(times().max()).map_or(0.0, |(first, last)| last.duration_since(first).as_secs_f64() * 1000.0)
    }

    pub(crate) fn is_in(&self, entry: &LogEntry, window: &Window) -> bool {
        self.window_of(entry).is_some_and(|of| std::ptr::eq(of, window))
    }

    /// Reports whether an entry belongs to a later failing probe of another endpoint.
    pub(crate) fn is_of_a_later_failure(&self, entry: &LogEntry, than: &Window) -> bool {
        self.window_of(entry).is_some_and(|window| {
            window.kind == WindowKind::Failing && window.endpoint != than.endpoint && window.from > than.from
        })
    }

    pub(crate) fn failing(&self) -> impl Iterator<Item = &Window> {
        self.of_kind(WindowKind::Failing)
    }

    /// Returns the first failing probe through the edge. If the backend's log has lines only for failing probes
    /// directly at the backend, returns the first of those.
    pub(crate) fn first_to_come_through(&self) -> Option<&Window> {
        let own = |entry: &&LogEntry| entry.is_own_line_of(Hop::Backend);
        let kept = |window: &&Window| self.of_probes().filter(own).any(|entry| self.is_in(entry, window));
        let directly = || self.of_kind(WindowKind::FailingDirectly).find(kept);
        let through = self.failing().next();
        if self.failing().any(|window| kept(&window)) { through } else { directly().or(through) }
    }

    fn of_kind(&self, kind: WindowKind) -> impl Iterator<Item = &Window> {
        self.windows.iter().filter(move |window| window.kind == kind)
    }

    /// Reports whether an entry without a trace id may be a late one of these exchanges, although the next probe had
    /// begun.
    pub(crate) fn may_be_late(&self, entry: &LogEntry, exchanges: &BTreeSet<u32>) -> bool {
        let late = jiff::SignedDuration::from_millis(SLACK_MS);
        let is_near = |window: &Window| entry.timed && window.from <= entry.at && window.distance(entry) <= late;
        let mut windows = self.windows.iter().filter(|window| exchanges.contains(&window.exchange));
        windows.any(is_near) && !self.windows.iter().any(|window| window.is_traced(entry))
    }

    /// Returns the window that an entry of this log belongs to: by its trace id or request id, or else that of the last
    /// probe sent before it.
    pub(crate) fn window_of(&self, entry: &LogEntry) -> Option<&Window> {
        self.belongs[self.position(entry)?].map(|at| &self.windows[at])
    }

    /// Returns where an entry of this log stands.
    fn position(&self, entry: &LogEntry) -> Option<usize> {
        let from_first = std::ptr::from_ref(entry).addr().checked_sub(self.entries.as_ptr().addr())?;
        let at = from_first / size_of::<LogEntry>();
        self.entries.get(at).filter(|one| std::ptr::eq(*one, entry)).map(|_| at)
    }
}

/// Returns, for each entry, the place of the window that it belongs to.
fn belongs(entries: &[LogEntry], windows: &[Window]) -> Vec<Option<usize>> {
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for (at, window) in windows.iter().enumerate().rev() {
        by_id.extend(window.request_ids.iter().map(|id| (id.as_str(), at)));
    }
    let mut by_trace = by_id.clone();
    for (at, window) in windows.iter().enumerate() {
        let first = by_trace.get(window.trace.as_str()).is_none_or(|known| at < *known);
        first.then(|| by_trace.insert(window.trace.as_str(), at));
    }
    let of = |entry: &LogEntry| {
        let traced = entry.trace.as_deref().and_then(|trace| by_trace.get(trace));
        let asked = entry.request_id.as_deref().and_then(|id| by_id.get(id));
        let by_time = || entry.timed.then(|| by_time(entry, windows)).flatten();
        traced.into_iter().chain(asked).min().copied().or_else(by_time)
    };
    entries.iter().map(of).collect()
}

/// Returns the place of the last window that began before this entry. An entry in whole seconds may be of a probe that began
/// in that second.
fn by_time(entry: &LogEntry, windows: &[Window]) -> Option<usize> {
    let begun_by = |at: Timestamp| windows.partition_point(|window| window.from <= at).checked_sub(1);
    let before = begun_by(entry.at);
    let under_way = before.filter(|at| entry.at <= windows[*at].ended);
    let in_that_second = || begun_by(latest(entry)).filter(|at| Some(*at) != before);
    under_way.or_else(in_that_second).or_else(|| before.filter(|at| entry.at <= windows[*at].to))
}

/// Returns the ids that several probes were given. A server that names the same id each time names itself.
fn shared_ids(sent: &[SentProbe]) -> HashSet<&str> {
    let (mut seen, mut shared) = (HashSet::new(), HashSet::new());
    for probe in sent {
        let own: HashSet<&str> = probe.request_ids.iter().map(String::as_str).collect();
        shared.extend(own.into_iter().filter(|id| !seen.insert(*id)));
    }
    shared
}

/// Returns how far the clock of the log is ahead of this machine's clock.
///
/// Requests with trace ids of the probes show it. One request in step is enough to assume no difference.
fn ahead(log: &[LogEntry], sent: &[SentProbe]) -> jiff::SignedDuration {
    let probes: HashMap<&str, &SentProbe> = sent.iter().rev().map(|probe| (probe.trace_id.as_str(), probe)).collect();
    let of = |entry: &LogEntry| {
        let probe = probes.get(entry.trace.as_deref()?)?;
        let in_step = probe.started_at <= entry.at && entry.at <= probe.ended_at;
        Some(if in_step { jiff::SignedDuration::ZERO } else { entry.at.duration_since(probe.started_at) })
    };
    let requests = log.iter().filter(|entry| entry.timed && entry.platform_request().is_some());
    // An entry is written some time after the probe began, so the smallest difference is nearest to that of the clocks.
    let apart: Vec<jiff::SignedDuration> = requests.filter_map(of).collect();
    if apart.iter().any(|apart| apart.abs() <= IN_STEP) {
        return jiff::SignedDuration::ZERO;
    }
    apart.into_iter().min().unwrap_or_default()
}
