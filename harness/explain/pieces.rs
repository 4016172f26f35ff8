//! Which kind of evidence each file is. The content decides, not the name.

use std::io::{self, Read};

use crate::config::DeployedNames;
use crate::evidence::{Collected, Declaration, Supplied, declarations, looks_like_log, looks_like_manifest, unpacked};
use crate::explain::ExplainError;
use crate::har::{self, Recorded};
use crate::redact::Redactor;
use crate::report::read;
use crate::run::NamedReport;
use crate::terms::{Hop, Service};

/// One file of evidence.
pub(crate) struct Piece {
    /// The name of the file, or `standard input`.
    pub(crate) from: String,
    /// The component that the caller names for it.
    pub(crate) writer: Option<Hop>,
    pub(crate) content: Box<dyn Read>,
}

/// A manifest as text.
#[derive(Debug)]
pub(super) struct ManifestText {
    pub(super) from: String,
    pub(super) service: Option<Service>,
    pub(super) text: String,
    /// Whether the caller says that it is the current one.
    pub(super) is_current: bool,
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
    pub(super) manifests: Vec<ManifestText>,
    pub(super) logs: Vec<(String, Collected)>,
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
            sorted.add(piece, redactor)?;
        }
        Ok(sorted)
    }

    fn add(&mut self, piece: Piece, redactor: &Redactor) -> Result<(), ExplainError> {
        let Piece { from, writer, content } = piece;
        let unreadable = |source: io::Error| ExplainError::Unreadable { from: from.clone(), source };
        let mut content = unpacked(content).map_err(unreadable)?;
        let mut start = Vec::new();
        content.by_ref().take(START).read_to_end(&mut start).map_err(unreadable)?;
        let kind = kind(&start);
        let rest = start.chain(content);
        if kind == Kind::Log {
            let log = Supplied::collect(&from, writer, rest)?;
            self.logs.push((from, log));
            return Ok(());
        }
        let text = whole(rest).map_err(unreadable)?;
        match kind {
            Kind::Har => self.add_har(&from, &text, redactor)?,
            Kind::Report => self.reports.push(NamedReport { report: read(&from, &text)?, from }),
            Kind::Manifest | Kind::Log => {
                let service = match writer {
                    Some(Hop::Auth) => Some(Service::Auth),
                    Some(_) => Some(Service::Backend),
                    None => None,
                };
                self.manifests.push(ManifestText { from, service, text, is_current: false });
            }
        }
        Ok(())
    }

    /// Adds the manifest of a service that is the current one, whatever its age.
    pub(crate) fn add_current(&mut self, service: Service, from: &str, text: &str) {
        let (from, text) = (from.to_owned(), text.to_owned());
        self.manifests.push(ManifestText { from, service: Some(service), text, is_current: true });
    }

    /// Returns the manifests.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) fn declared(&self, names: &DeployedNames) -> Result<Vec<Declaration>, ExplainError> {
        let mut read = Vec::new();
        for piece in &self.manifests {
            read.extend(declarations(&piece.from, &piece.text, names)?);
        }
        Ok(read)
    }

    /// Returns the name of the target that a report names.
    pub(crate) fn target_name(&self) -> Option<&str> {
        self.reports.first().map(|part| part.report.target.as_str())
    }

    fn add_har(&mut self, from: &str, text: &str, redactor: &Redactor) -> Result<(), ExplainError> {
        let recording = har::read(from, text, redactor)?;
        if !recording.skipped.is_empty() {
            let numbers: Vec<String> = recording.skipped.iter().take(5).map(ToString::to_string).collect();
            let more = recording.skipped.len().saturating_sub(5);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            self.notes.push(format!("{from}: entries {}{more} could not be read", numbers.join(", ")));
        }
        match recording.run {
            Some(run) => {
                let report = read(from, &run.to_string())?.with_recorded(recording.entries);
                self.reports.push(NamedReport { from: from.to_owned(), report });
            }
            None => self.recorded.extend(recording.entries),
        }
        Ok(())
    }

    /// Adds the logs to what was supplied.
    pub(super) fn add_logs(&mut self, supplied: &mut Supplied) {
        self.logs.drain(..).for_each(|(from, log)| supplied.add_collected(&from, log));
    }
}

/// How much of a file tells its kind, and the most that is read of a file that is no log, in bytes.
const START: u64 = 64 << 10;
const LIMIT: u64 = 256 << 20;

/// Reads the whole text of a file that is no log.
fn whole(from: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    from.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(io::Error::other(format!("more than {} MiB", LIMIT >> 20)));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the kind of a file by its first 64 KiB.
fn kind(start: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(start);
    let begins: String = text.chars().filter(|sign| !sign.is_whitespace() && *sign != '\u{feff}').take(64).collect();
    match () {
        () if har::looks_like_har(&text) => Kind::Har,
        () if begins.starts_with(r#"{"schema":"fivewhys/report/"#) => Kind::Report,
        () if looks_like_manifest(&text) => Kind::Manifest,
        () if looks_like_log(start) => Kind::Log,
        () if begins.starts_with(['{', '[']) || is_yaml(&text) => Kind::Manifest,
        () => Kind::Log,
    }
}

/// Reports whether a line begins with a key that manifests in YAML have.
fn is_yaml(text: &str) -> bool {
    text.lines()
        .any(|line| ["apiVersion:", "services:", "containerDefinitions:"].iter().any(|key| line.starts_with(key)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::har(r#"{ "log": { "version": "1.2", "entries": [] } }"#, Kind::Har)]
    #[case::report(r#"{"schema":"fivewhys/report/2"}"#, Kind::Report)]
    #[case::manifest(r#"{"metadata":{"name":"x"},"spec":{}}"#, Kind::Manifest)]
    #[case::manifests(r#"[{"metadata":{"name":"x","creationTimestamp":"2026-11-22T03:00:00Z"},"spec":{"containers":[{}]}},{"metadata":{}}]"#, Kind::Manifest)]
    #[case::services(r#"{"services":[{"name":"projects/p/services/x","createTime":"2026-11-22T03:00:00Z","template":{"containers":[{}]}}]}"#, Kind::Manifest)]
    #[case::json_lines(r#"[{"time":"2026-11-22T03:00:00Z","level":"info","msg":"x","spec":{}}]"#, Kind::Log)]
    #[case::yaml("# ours\napiVersion: apps/v1\nkind: Deployment\n", Kind::Manifest)]
    #[case::one_entry(r#"{"timestamp":"2026-11-22T03:00:00Z","severity":"ERROR","textPayload":"x","resource":{"labels":{"service_name":"x"}}}"#, Kind::Log)]
    #[case::entries(
        r#"[{"timestamp":"2026-11-22T03:00:00Z","textPayload":"x","resource":{"labels":{"service_name":"x"}}}]"#,
        Kind::Log
    )]
    #[case::text("INFO:     started", Kind::Log)]
    fn the_content_tells_the_kind(#[case] text: &str, #[case] expected: Kind) {
        assert_eq!(kind(text.as_bytes()), expected);
    }
}
