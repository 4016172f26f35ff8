//! The worst log lines of failed exchanges: what a person reads first when no pattern of the catalogue matched.
//!
//! They are shown and nothing more: no fault becomes more or less likely by them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::SignedDuration;
use regex::Regex;

use crate::diagnose::logs::attribution::{JoinedBy, Logbook};
use crate::diagnose::logs::quote::{log_and_time, quoted};
use crate::evidence::{LogEntry, LoggedRequest, Severity};
use crate::observe::without_ids;
use crate::terms::Hop;

/// The most lines that are shown.
pub(crate) const SHOWN: usize = 3;

/// Characters at the start of a line in which it can name its own severity.
const HEAD: usize = 80;

/// How a line names its own severity: `ERROR`, `level=warn`, `[error]`, `info:`.
static OWN_SEVERITY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE|CRIT(?:ICAL)?|FATAL|PANIC|ALERT|EMERG(?:ENCY)?)\b",
        r#"|\b(?i:level|severity|lvl)["']?\s*[=:]\s*["']?([A-Za-z]+)"#,
        r"|\[([A-Za-z]+)\]|^\s*([A-Za-z]+):",
    ))
    .expect("a constant pattern")
});

/// What a line without a severity says if it is an error.
static LOOKS_LIKE_AN_ERROR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)exception|traceback|\bpanic|fatal|error|refused|failed|failure|denied")
        .expect("a constant pattern")
});

/// A Python traceback: its last line names the exception.
const TRACEBACK: &str = "Traceback (most recent call last)";

/// A long word with a digit: an id of any alphabet.
static ID: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\w{16,}\b").expect("a constant pattern"));

/// A line of a failed exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Worst<'a> {
    pub(crate) entry: &'a LogEntry,
    /// The failed exchange that it belongs to.
    pub(crate) exchange: u32,
    pub(crate) severity: Severity,
    /// How many lines differ from it in numbers, ids and times only, itself included.
    pub(crate) count: usize,
    pub(crate) joined_by: JoinedBy,
    distance: SignedDuration,
}

/// What repeated lines have in common.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    by: Hop,
    severity: Severity,
    text: String,
    /// The status is no number that may differ: it says how the request ended.
    status: Option<u16>,
}

impl<'a> Logbook<'a> {
    /// Returns the worst lines in the windows of these exchanges, the worst first and at most three. What the same
    /// component also writes during a call that succeeds (`served`) is left out. A line just after a failure may be a
    /// late one of that failure, so it shows nothing about the successful call that followed.
    pub(crate) fn worst(&self, exchanges: &BTreeSet<u32>, served: &BTreeSet<u32>) -> Vec<Worst<'a>> {
        let (mut usual, mut found) = (BTreeSet::new(), BTreeMap::<Kind, Worst<'a>>::new());
        for entry in self.of_probes() {
            let Some((severity, window)) = severity(entry).zip(self.window_of(entry)) else { continue };
            let exchange = window.exchange();
            let joined_by = self.joined_by(entry).unwrap_or(JoinedBy::Time);
            if exchanges.contains(&exchange) {
                let line = Worst { entry, exchange, severity, count: 1, joined_by, distance: window.distance(entry) };
                found.entry(Kind::of(entry, severity)).and_modify(|same| *same = same.with(line)).or_insert(line);
            } else if served.contains(&exchange) && !self.may_be_late(entry, exchanges) {
                usual.insert(Kind::of(entry, severity));
            }
        }
        found.retain(|kind, _| !usual.contains(kind));
        let mut worst: Vec<Worst<'a>> = found.into_values().collect();
        worst.sort_by_key(|line| (Reverse(line.severity), line.distance, line.entry.at));
        worst.truncate(SHOWN);
        worst
    }
}

impl Kind {
    fn of(entry: &LogEntry, severity: Severity) -> Self {
        let has_a_digit = |word: &str| word.contains(|c: char| c.is_ascii_digit());
        let masked =
            |found: &regex::Captures<'_>| if has_a_digit(&found[0]) { "#".into() } else { found[0].to_owned() };
        let text = without_ids(&ID.replace_all(&words(entry), masked));
        Self { by: entry.by, severity, text, status: entry.platform_request().map(|request| request.status) }
    }
}

impl Worst<'_> {
    /// Counts one more line of the same kind, and keeps the nearer of both.
    fn with(self, other: Self) -> Self {
        let nearer = if other.distance < self.distance { other } else { self };
        Self { count: self.count + 1, ..nearer }
    }

    /// Returns the line in words: which log, when, how often, and the line itself around what it complains about.
    pub(crate) fn says(&self) -> String {
        let text = words(self.entry);
        let times = if self.count > 1 { format!("{} times, ", self.count) } else { String::new() };
        let by = self.joined_by.words();
        format!("{} ({times}{by}): {}", log_and_time(self.entry), quoted(&text, telling(&text)))
    }
}

/// Returns the text of an entry. An entry of a request log begins with its request.
fn words(entry: &LogEntry) -> String {
    let text = entry.text.trim();
    match entry.platform_request() {
        None => text.to_owned(),
        Some(LoggedRequest { method, path, status, .. }) if text.is_empty() => format!("{method} {path} {status}"),
        Some(LoggedRequest { method, path, status, .. }) => format!("{method} {path} {status}: {text}"),
    }
}

/// Returns the place of what a text complains about, in bytes.
pub(super) fn telling(text: &str) -> usize {
    if text.contains(TRACEBACK) {
        return text.trim_end().rfind('\n').map_or(0, |at| at + 1);
    }
    LOOKS_LIKE_AN_ERROR.find(text).map_or(0, |found| found.start())
}

/// Returns how bad an entry is, or `None` if nothing is wrong with it.
///
/// A request of ours that failed is left out if the platform says no more about it: the failed exchange shows it.
fn severity(entry: &LogEntry) -> Option<Severity> {
    let at_the_edge = entry.request.as_ref().filter(|request| request.platform || entry.by == Hop::Edge);
    let severity = match at_the_edge {
        Some(request) if request.status < 400 || (request.is_ours() && entry.text.trim().is_empty()) => None,
        Some(request) if request.status < 500 => entry.severity.max(Some(Severity::Warning)),
        Some(_) => Some(Severity::Error),
        None => entry.severity.or_else(|| severity_of(&entry.text)),
    };
    severity.filter(|severity| *severity >= Severity::Warning && !words(entry).is_empty())
}

/// Returns the severity that a text names itself, or else that of an error if it looks like one.
fn severity_of(text: &str) -> Option<Severity> {
    let head: String = text.chars().take(HEAD).collect();
    let named = OWN_SEVERITY
        .captures_iter(&head)
        .find_map(|found| found.iter().skip(1).flatten().find_map(|word| Severity::of(word.as_str())));
    named.or_else(|| LOOKS_LIKE_AN_ERROR.is_match(text).then_some(Severity::Error))
}
