//! Which kind of evidence each file is. The content decides, not the name.

use serde_json::Value;

use crate::config::DeployedNames;
use crate::evidence::Supplied;
use crate::explain::ExplainError;
use crate::har::{self, Recorded};
use crate::redact::Redactor;
use crate::report::read;
use crate::run::NamedReport;
use crate::terms::Service;

/// One file of evidence.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The name of the file, or `standard input`.
    pub(crate) from: String,
    /// The service that the caller names for it.
    pub(crate) service: Option<Service>,
    pub(crate) text: String,
}

/// The kinds of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Har,
    Report,
    Manifest,
    Log,
}

/// Evidence, sorted by kind.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    /// Exchanges from HAR files that fivewhys did not write.
    pub(super) recorded: Vec<Recorded>,
    /// Reports of fivewhys, and recordings that it wrote.
    pub(super) reports: Vec<NamedReport>,
    pub(super) manifests: Vec<Piece>,
    pub(super) logs: Vec<Piece>,
    /// What the reader must know about the files.
    pub(super) notes: Vec<String>,
}

impl Pieces {
    /// Sorts files by kind.
    ///
    /// # Errors
    /// When a HAR file or a report cannot be read.
    pub(crate) fn sort(pieces: Vec<Piece>, redactor: &Redactor) -> Result<Self, ExplainError> {
        let mut sorted = Self::default();
        for piece in pieces {
            match kind(&piece.text) {
                Kind::Har => sorted.add_har(&piece, redactor)?,
                Kind::Report => {
                    sorted.reports.push(NamedReport { report: read(&piece.from, &piece.text)?, from: piece.from });
                }
                Kind::Manifest => sorted.manifests.push(piece),
                Kind::Log => sorted.logs.push(piece),
            }
        }
        Ok(sorted)
    }

    /// Returns the name of the target that a report names.
    pub(crate) fn target_name(&self) -> Option<&str> {
        self.reports.first().map(|part| part.report.target.as_str())
    }

    fn add_har(&mut self, piece: &Piece, redactor: &Redactor) -> Result<(), ExplainError> {
        let recording = har::read(&piece.from, &piece.text, redactor)?;
        if !recording.skipped.is_empty() {
            let numbers: Vec<String> = recording.skipped.iter().take(5).map(ToString::to_string).collect();
            let more = recording.skipped.len().saturating_sub(5);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            self.notes.push(format!("{}: entries {}{more} could not be read", piece.from, numbers.join(", ")));
        }
        match recording.run {
            Some(run) => {
                let report = read(&piece.from, &run.to_string())?.with_recorded(recording.entries);
                self.reports.push(NamedReport { from: piece.from.clone(), report });
            }
            None => self.recorded.extend(recording.entries),
        }
        Ok(())
    }

    /// Adds the logs to what was supplied.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub(super) fn add_logs(&self, supplied: &mut Supplied) -> Result<(), ExplainError> {
        self.logs.iter().try_for_each(|piece| Ok(supplied.add_log(&piece.from, &piece.text)?))
    }
}

/// Returns the service of a manifest: the one that the caller names, or else by the name in it.
pub(super) fn service_of(piece: &Piece, names: &DeployedNames) -> Option<Service> {
    piece.service.or_else(|| Some(of_name(&name(&piece.text)?, names)))
}

/// Returns the service of a deployed name. A name that the target does not know is one more backend.
fn of_name(name: &str, names: &DeployedNames) -> Service {
    let is_auth = names.auth.as_deref().is_some_and(|auth| name == auth || name.starts_with(&format!("{auth}-")));
    if is_auth { Service::Auth } else { Service::Backend }
}

/// Returns the service's name in a manifest: that of the service for a revision.
pub(super) fn name(text: &str) -> Option<String> {
    let json: Value = serde_json::from_str(text).ok()?;
    let label = json.pointer("/metadata/labels/serving.knative.dev~1service");
    Some(label.or_else(|| json.pointer("/metadata/name"))?.as_str()?.to_owned())
}

fn kind(text: &str) -> Kind {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if har::looks_like_har(start) {
        return Kind::Har;
    }
    if !start.starts_with('{') {
        return Kind::Log;
    }
    match serde_json::from_str::<Value>(start) {
        Ok(json)
            if json.get("schema").and_then(Value::as_str).is_some_and(|one| one.starts_with("fivewhys/report/")) =>
        {
            Kind::Report
        }
        Ok(json) if json.get("spec").is_some() || json.get("template").is_some() => Kind::Manifest,
        _ => Kind::Log,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::har(r#"{ "log": { "version": "1.2", "entries": [] } }"#, Kind::Har)]
    #[case::report(r#"{"schema":"fivewhys/report/2"}"#, Kind::Report)]
    #[case::manifest(r#"{"metadata":{"name":"x"},"spec":{}}"#, Kind::Manifest)]
    #[case::one_entry(r#"{"timestamp":"2026-11-22T03:00:00Z","textPayload":"x"}"#, Kind::Log)]
    #[case::entries(r#"[{"timestamp":"2026-11-22T03:00:00Z"}]"#, Kind::Log)]
    #[case::text("INFO:     started", Kind::Log)]
    fn the_content_tells_the_kind(#[case] text: &str, #[case] expected: Kind) {
        assert_eq!(kind(text), expected);
    }
}
