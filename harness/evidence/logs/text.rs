//! The entries of one log, redacted, with what was skipped and what was left out.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use thiserror::Error;

use super::collect::{Collected, Expected, collect, component};
use super::draft::{By, Draft, TEXT, bounded};
use super::entry::{LogEntry, LoggedRequest};
use super::format::Asked;
use super::names::ServiceNames;
use super::reader::Broken;
use super::values::{Change, ids};
use crate::terms::{Hop, Service};

/// A log that was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogText {
    /// The entries, in the order of the log.
    pub(crate) entries: Vec<LogEntry>,
    /// The changes of the deployment, in the order of the log.
    pub(crate) changes: Vec<Change>,
    /// The first pieces that cannot be read.
    pub(crate) skipped: Vec<Broken>,
    /// How many pieces cannot be read.
    pub(crate) skipped_count: u64,
    /// How many entries the log holds.
    pub(crate) total: u64,
    /// How many entries were left out because there were too many.
    pub(crate) left_out: u64,
    /// Whether every entry of our probes is there: then a missing line shows something.
    pub(crate) is_complete: bool,
    /// The writers that are no component of the target, with the number of their entries.
    pub(crate) strangers: BTreeMap<String, u64>,
}

/// Why a log is refused. The message does not quote the text.
#[derive(Debug, Error)]
pub(crate) enum LogError {
    /// The stream cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// No line is a log entry of a known format.
    #[error("no line is a log entry of a known format; line {}, column {}: {}", .0.line, .0.column, .0.why)]
    NotALog(Broken),
}

/// How much of a file [`looks_like_log`] wants, in bytes.
const START: usize = 64 << 10;

/// Reports whether the first 64 KiB of a file, or the whole of a shorter one, look like a log: most of its lines are log entries.
pub(crate) fn looks_like_log(start: &[u8]) -> bool {
    // The last line of a longer file is cut off.
    let end = start.iter().rposition(|byte| *byte == b'\n').filter(|_| start.len() >= START);
    let whole = end.map_or(start, |end| &start[..end]);
    collect(whole, &Expected::default()).is_ok_and(|log| {
        let known = log.drafts.iter().filter(|draft| draft.is_known()).count() as u64;
        known > 0 && known * 2 >= log.found.entries + log.found.broken_count.saturating_sub(1)
    })
}

impl Collected {
    /// Returns the texts of the entries that were kept, not redacted.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.drafts.iter().map(|draft| draft.text.as_str())
    }

    /// Returns the paths or URLs of the requests that were kept, not redacted.
    pub(crate) fn urls(&self) -> impl Iterator<Item = &str> {
        self.drafts.iter().filter_map(|draft| Some(draft.request.as_ref()?.url.as_ref()))
    }

    /// Returns the names of the writers, each once.
    pub(crate) fn writers(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|one| one.name.as_str()).filter(|name| !name.is_empty())
    }

    /// Refuses a text of which nothing could be read.
    ///
    /// # Errors
    /// When the log holds text but no log entry.
    pub(crate) fn refuse(&self) -> Result<(), LogError> {
        let is_known = !self.found.formats.is_empty() || (self.told.is_some() && !self.drafts.is_empty());
        if is_known || (self.found.broken.is_empty() && self.drafts.is_empty()) {
            return Ok(());
        }
        let line = self.drafts.first().map_or(1, |draft| draft.line);
        let unknown = || Broken { line, column: 1, why: "neither a time nor a level, nor JSON".to_owned() };
        Err(LogError::NotALog(self.found.broken.first().cloned().unwrap_or_else(unknown)))
    }

    /// Returns how many entries the log holds.
    #[cfg(test)]
    pub(crate) const fn total(&self) -> u64 {
        self.found.entries
    }

    /// Returns the entries of the target's components, redacted. Skips those of others.
    pub(crate) fn entries(&self, names: &ServiceNames, clean: &dyn Fn(&str) -> String) -> LogText {
        let mut text = LogText {
            changes: self.found.changes.iter().map(|change| change.cleaned(clean)).collect(),
            skipped: self.found.broken.clone(),
            skipped_count: self.found.broken_count,
            total: self.found.entries,
            left_out: self.dropped,
            is_complete: self.is_complete,
            ..LogText::default()
        };
        // An entry before the first time, and a log without times, have the time of reading.
        let read_at = Timestamp::now();
        for draft in &self.drafts {
            match self.writer(draft, names) {
                Some((by, service)) => text.entries.push(draft.entry(by, service, names, read_at, clean)),
                None => *text.strangers.entry(clean(&self.name(draft.by))).or_default() += 1,
            }
        }
        text
    }

    /// Returns the component that wrote an entry, and the service that the entry is about if it is the platform's.
    fn writer(&self, draft: &Draft, names: &ServiceNames) -> Option<(Hop, Option<Service>)> {
        match draft.by {
            By::Hop(hop) => Some((hop, None)),
            By::Nobody => Some((Hop::Backend, None)),
            By::Name(at) => Some((component(at, &self.names, names)?, None)),
            By::Platform(at) => {
                let about = self.told.or_else(|| component(at, &self.names, names))?;
                Some((Hop::Edge, Some(if about == Hop::Auth { Service::Auth } else { Service::Backend })))
            }
        }
    }

    fn name(&self, by: By) -> String {
        match by {
            By::Name(at) | By::Platform(at) => self.names.get(at).map(|one| one.name.clone()).unwrap_or_default(),
            By::Hop(_) | By::Nobody => String::new(),
        }
    }
}

impl LogText {
    /// Returns when the log ends: the time of its last entry that has one.
    pub(crate) fn ends(&self) -> Option<Timestamp> {
        self.entries.iter().filter(|entry| entry.timed).map(|entry| entry.at).max()
    }

    /// Returns what a person must know: what could not be read, and what was left out.
    pub(crate) fn notes(&self) -> Vec<String> {
        let first = |broken: &Broken| format!("line {}, column {}: {}", broken.line, broken.column, broken.why);
        let mut notes: Vec<String> = self.skipped.iter().map(|broken| format!("{}; skipped", first(broken))).collect();
        let more = self.skipped_count.saturating_sub(notes.len() as u64);
        if more > 0 {
            notes.push(format!("{more} more pieces cannot be read; skipped"));
        }
        if self.left_out > 0 {
            notes.push(format!(
                "{} of {} entries were left out; failures, and the first and last of alike entries, were kept",
                self.left_out, self.total
            ));
        }
        notes.extend(self.only_strangers());
        notes
    }

    /// Returns that no entry is of a component of the target, with the names that the log has.
    fn only_strangers(&self) -> Option<String> {
        let names: Vec<&str> = self.strangers.keys().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let more = names.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let named = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        (self.entries.is_empty() && !names.is_empty())
            .then(|| format!("no entry is of a service that the target names; the log is of {named}{more}"))
    }
}

/// The most names of other services in one note.
const NAMED: usize = 5;

impl Draft {
    /// Reports whether a format knows the entry.
    fn is_known(&self) -> bool {
        self.at.is_some() || self.severity.is_some() || self.request.is_some()
    }

    fn entry(
        &self,
        by: Hop,
        about: Option<Service>,
        names: &ServiceNames,
        read_at: Timestamp,
        clean: &dyn Fn(&str) -> String,
    ) -> LogEntry {
        let text = bounded(&clean(&self.text), TEXT);
        let trace = self.trace.clone().or_else(|| ids::trace_in(&text));
        let request_id = self.request_id.clone().or_else(|| ids::request_in(&text));
        LogEntry {
            timed: self.at.is_some(),
            severity: self.severity,
            request: self.request.as_ref().map(|asked| request(asked, by, about, names, clean)),
            trace: trace.map(|id| clean(&id)),
            request_id: request_id.map(|id| clean(&id)),
            logger: self.logger.as_deref().map(clean),
            revision: self.revision.as_deref().map(clean),
            line: Some(self.line),
            left_out: self.left_out,
            ..LogEntry::new(self.at.unwrap_or(read_at), by, text)
        }
    }
}

/// Reads a request. A client may have sent a secret in any part of it.
fn request(
    asked: &Asked<'_>,
    by: Hop,
    about: Option<Service>,
    names: &ServiceNames,
    clean: &dyn Fn(&str) -> String,
) -> LoggedRequest {
    let url = asked.url.as_ref();
    let without_query = || url.split('?').next().unwrap_or(url).to_owned();
    let path = url::Url::parse(url).map_or_else(|_| without_query(), |url| url.path().to_owned());
    let service = about.unwrap_or_else(|| match by {
        Hop::Auth => Service::Auth,
        Hop::Backend => Service::Backend,
        _ => names.of_path(&path),
    });
    LoggedRequest {
        service,
        method: clean(&asked.method),
        path: clean(&path),
        status: asked.status,
        user_agent: clean(&asked.user_agent),
        revision: asked.revision.as_deref().map(str::to_owned),
        latency_ms: asked.latency_ms,
        platform: asked.platform,
    }
}
