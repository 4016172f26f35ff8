//! Evidence that is not a probe: the services' manifests and logs, where the operator has opened those doors.
//! The arrow from `evidence` to `diagnose` is [`Evidence`]: facts only, redacted.

mod log;
mod manifest;
mod source;
mod supplied;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use log::{LogEntry, LoggedRequest};
pub use manifest::{EnvValue, Manifest};
pub use source::SourceError;
pub use supplied::{Supplied, SuppliedError};

use crate::target::{Door, EvidenceSource, Service, Target};

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The manifests, by service.
    pub manifests: BTreeMap<Service, Manifest>,
    /// Log entries, oldest first.
    pub log: Vec<LogEntry>,
    /// When the log was read; what happened later is not in it.
    pub log_read_at: Option<jiff::Timestamp>,
    /// What was granted and could not be read: door and why.
    pub unread: Vec<(Door, String)>,
}

/// Reads the manifests of all services that have a source, if the door is open.
pub async fn read_manifests(target: &Target, clean: &(dyn Fn(&str) -> String + Send + Sync)) -> Evidence {
    let mut evidence = Evidence::default();
    if !target.opens(Door::Manifest) {
        return evidence;
    }
    if target.manifests.is_empty() {
        evidence.unread.push((Door::Manifest, "the target names no source for it".into()));
    }
    for (service, from) in &target.manifests {
        match source::read(from, target).await.and_then(|text| Manifest::parse(&text)) {
            Ok(manifest) => drop(evidence.manifests.insert(*service, manifest)),
            Err(error) => evidence.unread.push((Door::Manifest, clean(&format!("{service}: {error}")))),
        }
    }
    evidence
}

/// Adds the log to what was read, if the door is open. `clean` is the run's redactor.
pub async fn read_log(evidence: &mut Evidence, target: &Target, clean: &(dyn Fn(&str) -> String + Send + Sync)) {
    if !target.opens(Door::Logs) {
        return;
    }
    if target.logs.is_empty() {
        evidence.unread.push((Door::Logs, "the target names no source for it".into()));
    }
    let names = log::ServiceNames::of(target, &evidence.manifests);
    for from in &target.logs {
        match source::read(from, target).await.and_then(|text| log::parse(&text, &names, clean)) {
            Ok(entries) => evidence.log.extend(entries),
            Err(error) => evidence.unread.push((Door::Logs, clean(&error.to_string()))),
        }
    }
    evidence.add_log(Vec::new(), Some(jiff::Timestamp::now()));
}

/// What a command prints, at most 32 MiB, within 30 s.
///
/// # Errors
/// When it cannot be run, fails, or gives too much.
pub(crate) async fn output_of(argv: &[String], target: &Target) -> Result<String, SourceError> {
    source::read(&EvidenceSource::Command(argv.to_vec()), target).await
}

impl Evidence {
    /// Adds entries of a log that was read at this time.
    fn add_log(&mut self, entries: Vec<LogEntry>, read_at: Option<jiff::Timestamp>) {
        self.log.extend(entries);
        self.log.sort_by_key(|entry| entry.at);
        self.log_read_at = self.log_read_at.max(read_at);
    }
}
