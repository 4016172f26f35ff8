//! Evidence in addition to probes: the services' manifests, logs and published keys, if the operator grants them.
//!
//! Start at [`read_manifests`] and [`read_log`], which fill an [`Evidence`] for `diagnose`.
//!
//! - `source`: reads a file, a URL or the output of a command, with limits; `log_source`: reads a log of any size
//! - `manifest`, `logs`, `jwks`: the three kinds of evidence; `log` remembers which entries passed a test
//! - `supplied`: evidence that the caller of `fivewhys` hands over
//!
//! Invariant: an [`Evidence`] is redacted, and this folder never draws a conclusion from it.

mod jwks;
mod log;
mod log_source;
mod logs;
mod manifest;
mod source;
mod supplied;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

pub use jwks::read_keys;
pub use log::Log;
pub use logs::{Change, LogEntry, LoggedRequest, Severity};
pub(crate) use logs::{Collected, Focus, looks_like_log, milliseconds, unpacked};
pub(crate) use manifest::{Dated, Declaration, NEWEST, looks_like_manifest, suggests_a_credential};
pub use manifest::{EnvValue, Layout, Manifest, NotRead};
pub(crate) use source::LONGEST;
pub use source::SourceError;
pub use supplied::{Supplied, SuppliedError};
pub(crate) use supplied::{declarations, manifest_of, whose};

use crate::config::{EvidenceLocation, LogSource, Target};
use crate::evidence::logs::{Expected, LogText, ServiceNames};
use crate::terms::{EvidenceSource, Service};
use crate::token::Published;

/// The run's redactor.
type Clean<'a> = &'a (dyn Fn(&str) -> String + Send + Sync);

/// The evidence of one run, redacted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The manifests, by service.
    pub manifests: BTreeMap<Service, Manifest>,
    /// Log entries, oldest first.
    #[schemars(with = "Vec<LogEntry>")]
    pub log: Log,
    /// The changes of the deployment that the log shows, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// When the log was read. It lacks later events.
    pub log_read_at: Option<jiff::Timestamp>,
    /// Whether the auth service publishes our signing key. Absent when it publishes no keys or our key is a shared
    /// secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<Published>,
    /// The granted sources that could not be read, each with the reason.
    pub unread: Vec<(EvidenceSource, String)>,
}

/// Reads the manifests of all services, if the evidence `manifest` is granted. Failures go to [`Evidence::unread`].
pub async fn read_manifests(evidence: &mut Evidence, target: &Target, run_end: Instant, clean: Clean<'_>) {
    if !target.opens(EvidenceSource::Manifest) {
        return;
    }
    if target.manifests.is_empty() {
        evidence.unread.push((EvidenceSource::Manifest, NO_SOURCE.into()));
    }
    for (service, from) in &target.manifests {
        let read = source::read(from, target, run_end).await;
        match read.and_then(|text| Ok(manifest_of(*service, &text, &target.names)?)) {
            Ok(mut manifest) => {
                manifest.clean(clean);
                evidence.manifests.insert(*service, manifest);
            }
            Err(error) => evidence.unread.push((EvidenceSource::Manifest, clean(&format!("{service}: {error}")))),
        }
    }
}

/// Why evidence that is granted was not read, where the target does not say where it is.
pub(crate) const NO_SOURCE: &str = "the target names no source for it";

/// Reads the log, if the evidence `logs` is granted. `focus` is on the probes, and `clean` is the run's redactor. Failures
/// go to [`Evidence::unread`].
pub(crate) async fn read_log(
    evidence: &mut Evidence,
    target: &Target,
    focus: Focus,
    run_end: Instant,
    clean: Clean<'_>,
) {
    if !target.opens(EvidenceSource::Logs) {
        return;
    }
    if target.logs.is_empty() {
        evidence.unread.push((EvidenceSource::Logs, NO_SOURCE.into()));
    }
    for source in &target.logs {
        if let Err(error) = read_log_of(evidence, source, target, focus.clone(), run_end, clean).await {
            evidence.unread.push((EvidenceSource::Logs, clean(&error.to_string())));
        }
    }
}

/// Reads one log.
///
/// # Errors
/// When it cannot be read within 30 s, or is no log.
pub(crate) async fn read_log_of(
    evidence: &mut Evidence,
    source: &LogSource,
    target: &Target,
    focus: Focus,
    run_end: Instant,
    clean: Clean<'_>,
) -> Result<(), SourceError> {
    let names = ServiceNames::of(target, evidence.names());
    let expected = Expected { names: names.clone(), focus, writer: source.writer };
    let log = log_source::read(&source.from, target, run_end, expected).await?;
    evidence.add_log(&clean(&source.from.to_string()), log.entries(&names, clean), Some(jiff::Timestamp::now()));
    Ok(())
}

/// Runs a command and returns its output.
///
/// # Errors
/// When it cannot be run, fails, prints more than 32 MiB or takes longer than 30 s.
pub(crate) async fn output_of(argv: &[String], target: &Target) -> Result<String, SourceError> {
    source::read(&EvidenceLocation::Command(argv.to_vec()), target, Instant::now() + source::LONGEST).await
}

impl Evidence {
    /// Returns the name of each service by its manifest.
    fn names(&self) -> impl Iterator<Item = (Service, &str)> {
        self.manifests.iter().map(|(service, manifest)| (*service, manifest.name.as_str()))
    }

    /// Adds a log with its name that was read at this time, and notes what could not be read of it. From a log that lacks entries of
    /// our probes, a missing line shows nothing: it counts as not read to its end.
    fn add_log(&mut self, name: &str, log: LogText, read_at: Option<jiff::Timestamp>) {
        self.unread.extend(log.notes().into_iter().map(|note| (EvidenceSource::Logs, format!("{name}: {note}"))));
        self.log.extend(log.entries);
        self.log.sort_by_key(|entry| entry.at);
        self.changes.extend(log.changes);
        self.changes.sort_by_key(|change| change.at);
        self.log_read_at = self.log_read_at.max(read_at.filter(|_| log.is_complete));
    }
}
