//! Evidence that is not a probe: the services' manifests and logs, where the operator has opened that evidence.
//! The arrow from `evidence` to `diagnose` is [`Evidence`]: facts only, redacted.

mod jwks;
mod log;
mod manifest;
mod source;
mod supplied;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

pub use jwks::read_keys;
pub use log::{LogEntry, LoggedRequest};
pub use manifest::{EnvValue, Manifest};
pub use source::SourceError;
pub use supplied::{Supplied, SuppliedError};

use crate::config::{EvidenceLocation, Target};
use crate::terms::{EvidenceSource, Service};
use crate::token::Published;

/// The run's redactor.
type Clean<'a> = &'a (dyn Fn(&str) -> String + Send + Sync);

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The manifests, by service.
    pub manifests: BTreeMap<Service, Manifest>,
    /// Log entries, oldest first.
    pub log: Vec<LogEntry>,
    /// When the log was read; what happened later is not in it.
    pub log_read_at: Option<jiff::Timestamp>,
    /// Whether our signing key is among those that the auth service publishes; nothing where it publishes none, or ours is a shared secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<Published>,
    /// What was granted and could not be read: source of evidence and why.
    pub unread: Vec<(EvidenceSource, String)>,
}

/// Adds the manifests of all services that have a source, if the evidence is granted.
pub async fn read_manifests(evidence: &mut Evidence, target: &Target, run_end: Instant, clean: Clean<'_>) {
    if !target.opens(EvidenceSource::Manifest) {
        return;
    }
    if target.manifests.is_empty() {
        evidence.unread.push((EvidenceSource::Manifest, "the target names no source for it".into()));
    }
    for (service, from) in &target.manifests {
        match source::read(from, target, run_end).await.and_then(|text| Manifest::parse(&text, &target.names.shown)) {
            Ok(manifest) => drop(evidence.manifests.insert(*service, manifest)),
            Err(error) => evidence.unread.push((EvidenceSource::Manifest, clean(&format!("{service}: {error}")))),
        }
    }
}

/// Adds the log to what was read, if the evidence is granted. `clean` is the run's redactor.
pub async fn read_log(evidence: &mut Evidence, target: &Target, run_end: Instant, clean: Clean<'_>) {
    if !target.opens(EvidenceSource::Logs) {
        return;
    }
    if target.logs.is_empty() {
        evidence.unread.push((EvidenceSource::Logs, "the target names no source for it".into()));
    }
    let names = log::ServiceNames::of(target, &evidence.manifests);
    for from in &target.logs {
        match source::read(from, target, run_end).await.and_then(|text| log::parse(&text, &names, clean)) {
            Ok(entries) => evidence.log.extend(entries),
            Err(error) => evidence.unread.push((EvidenceSource::Logs, clean(&error.to_string()))),
        }
    }
    evidence.add_log(Vec::new(), Some(jiff::Timestamp::now()));
}

/// What a command prints, at most 32 MiB, within 30 s.
///
/// # Errors
/// When it cannot be run, fails, or gives too much.
pub(crate) async fn output_of(argv: &[String], target: &Target) -> Result<String, SourceError> {
    source::read(&EvidenceLocation::Command(argv.to_vec()), target, Instant::now() + source::LONGEST).await
}

impl Evidence {
    /// Adds entries of a log that was read at this time.
    fn add_log(&mut self, entries: Vec<LogEntry>, read_at: Option<jiff::Timestamp>) {
        self.log.extend(entries);
        self.log.sort_by_key(|entry| entry.at);
        self.log_read_at = self.log_read_at.max(read_at);
    }
}
