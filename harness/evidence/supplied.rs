//! Evidence that the user supplies on the command line: manifests and log exports, from files or standard input.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use tokio::time::Instant;

use super::log_source;
use super::logs::{Collected, Expected, Focus, LogError, ServiceNames, collect};
use super::manifest::{self, Declaration, NotRead};
use super::{Evidence, Manifest};
use crate::config::{DeployedNames, EvidenceLocation, Target};
use crate::terms::{EvidenceSource, Hop, Service};

/// The supplied evidence. It takes precedence over the target's own sources.
#[derive(Debug, Clone, Default)]
pub struct Supplied {
    manifests: BTreeMap<Service, Manifest>,
    logs: Vec<SuppliedLog>,
}

/// A log that was supplied.
#[derive(Debug, Clone)]
struct SuppliedLog {
    /// The name of the file, or of standard input.
    from: String,
    writer: Option<Hop>,
    read: Arc<Collected>,
    /// The file and its size in bytes when it was read, if it may grow.
    file: Option<(PathBuf, u64)>,
}

/// Why supplied evidence is refused. The message does not quote the text, because a manifest may hold secrets.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum SuppliedError {
    /// The text holds no log entry.
    #[error("{from}: {why}")]
    #[diagnostic(
        code(fivewhys::evidence::not_a_log),
        help(
            "give a log: of Cloud Logging, JSON lines, logfmt, an access log, or lines that begin with a time or a level"
        )
    )]
    Log {
        /// The name of the file, or of standard input.
        from: String,
        /// The reason, with line and column.
        why: String,
    },
    /// The text of a manifest is neither JSON nor YAML nor an env file.
    #[error("{from}, line {line}, column {column}: {why}")]
    #[diagnostic(code(fivewhys::evidence::not_a_manifest), help("{LAYOUTS}"))]
    Manifest {
        /// The name of the file, or of standard input.
        from: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// The mistake.
        why: String,
    },
    /// The text is well-formed, but not the expected evidence.
    #[error("{from}: {why}")]
    #[diagnostic(code(fivewhys::evidence::not_evidence), help("{help}"))]
    Other {
        /// The name of the file, or of standard input.
        from: String,
        /// The missing part.
        why: String,
        /// What would be right.
        help: String,
    },
}

impl Supplied {
    /// Adds manifests: one service or revision, a sequence, or a list. The service of a manifest is `service`, or else
    /// follows from the name in the manifest.
    ///
    /// # Errors
    /// When the text has no known layout, or holds no manifest of a service of the target.
    pub fn add_manifests(
        &mut self,
        from: &str,
        service: Option<Service>,
        text: &str,
        names: &DeployedNames,
    ) -> Result<(), SuppliedError> {
        for (service, manifest) in manifests(from, service, text, names)? {
            self.manifests.insert(service, manifest);
        }
        Ok(())
    }

    /// Adds the manifest of a service.
    pub(crate) fn add_manifest(&mut self, service: Service, manifest: Manifest) {
        self.manifests.insert(service, manifest);
    }

    /// Adds a log of any format and size. It may be empty. `writer` is the component that wrote all of it, if that is
    /// known; else the names in the lines tell, or the format. `focus` is on the probes that were sent before.
    ///
    /// # Errors
    /// When the log cannot be read, or holds text but no log entry.
    pub(crate) fn add_log(
        &mut self,
        from: &str,
        writer: Option<Hop>,
        log: impl Read,
        target: &Target,
        focus: Focus,
    ) -> Result<(), SuppliedError> {
        let manifests = self.manifests.iter().map(|(service, manifest)| (*service, manifest.name.as_str()));
        let names = ServiceNames::of(target, manifests);
        let read = Arc::new(collected(from, log, &Expected { writer, names, focus })?);
        self.logs.push(SuppliedLog { from: from.to_owned(), writer, read, file: None });
        Ok(())
    }

    /// Says that the log that was added last is this file, which had this size. If it grows during a run, it is read again.
    pub(crate) fn follow(&mut self, file: &Path, size: u64) {
        if let Some(log) = self.logs.last_mut() {
            log.file = Some((file.to_owned(), size));
        }
    }

    /// Reads a log before its target is known. See [`Supplied::add_log`].
    ///
    /// # Errors
    /// When the log cannot be read, or holds text but no log entry.
    pub(crate) fn collect(from: &str, writer: Option<Hop>, log: impl Read) -> Result<Collected, SuppliedError> {
        collected(from, log, &Expected { writer, ..Expected::default() })
    }

    /// Adds a log that was read before its target was known.
    pub(crate) fn add_collected(&mut self, from: &str, log: Collected) {
        self.logs.push(SuppliedLog { from: from.to_owned(), writer: None, read: Arc::new(log), file: None });
    }

    /// Returns the sources of evidence that were supplied.
    #[must_use]
    pub fn evidence_sources(&self) -> BTreeSet<EvidenceSource> {
        let manifest = (!self.manifests.is_empty()).then_some(EvidenceSource::Manifest);
        manifest.into_iter().chain(self.logs.first().map(|_| EvidenceSource::Logs)).collect()
    }

    /// Replaces the manifests that were read by the supplied ones. `clean` is the run's redactor.
    pub fn lay_manifests_over(&self, evidence: &mut Evidence, clean: &dyn Fn(&str) -> String) {
        for (service, manifest) in &self.manifests {
            let mut manifest = manifest.clone();
            manifest.clean(clean);
            evidence.manifests.insert(*service, manifest);
        }
    }

    /// Adds the supplied log to the evidence. The log counts as read at the time of its last entry.
    pub fn add_log_to(&self, evidence: &mut Evidence, target: &Target, clean: &dyn Fn(&str) -> String) {
        let names = ServiceNames::of(target, evidence.names());
        for log in &self.logs {
            let text = log.read.entries(&names, clean);
            let ends = text.ends();
            evidence.add_log(&clean(&log.from), text, ends);
        }
    }

    /// Adds the supplied log to the evidence, as [`Supplied::add_log_to`] does. Reads a file again that has grown since: it
    /// then has the entries of the run. `focus` is on the probes.
    pub(crate) async fn add_grown_log_to(
        &self,
        evidence: &mut Evidence,
        target: &Target,
        focus: Focus,
        run_end: Instant,
        clean: &(dyn Fn(&str) -> String + Send + Sync),
    ) {
        let mut grown = self.clone();
        for log in &mut grown.logs {
            let Some(file) = log.grown() else { continue };
            let names = ServiceNames::of(target, evidence.names());
            let expected = Expected { writer: log.writer, names, focus: focus.clone() };
            if let Ok(read) = log_source::read(&EvidenceLocation::File(file), target, run_end, expected).await {
                log.read = Arc::new(read);
            }
        }
        grown.add_log_to(evidence, target, clean);
    }
}

impl SuppliedLog {
    /// Returns its file, if that has another size than when it was read.
    fn grown(&self) -> Option<PathBuf> {
        let (file, size) = self.file.as_ref()?;
        let has_changed = std::fs::metadata(file).is_ok_and(|now| now.len() != *size);
        has_changed.then(|| file.clone())
    }
}

fn collected(from: &str, log: impl Read, expected: &Expected) -> Result<Collected, SuppliedError> {
    let read = collect(log, expected).map_err(LogError::from).and_then(|log| log.refuse().map(|()| log));
    read.map_err(|error| SuppliedError::Log { from: from.to_owned(), why: error.to_string() })
}

/// The layouts of manifests, for help texts.
const LAYOUTS: &str = "give what `gcloud run services describe --format=json` or `kubectl get deployment -o yaml` prints, \
     an ECS task definition, a docker-compose file or an env file";

/// Reads the manifests of a text. `from` is the file that it comes from, or how errors call it.
///
/// # Errors
/// When the text has no known layout, or holds no manifest.
pub(crate) fn declarations(from: &str, text: &str, names: &DeployedNames) -> Result<Vec<Declaration>, SuppliedError> {
    let file = Path::new(from);
    let folder = file.parent().filter(|_| file.is_file());
    let from = from.to_owned();
    match manifest::read(text, &names.shown, folder) {
        Ok(read) if read.is_empty() => {
            Err(SuppliedError::Other { from, why: "it holds no manifest".to_owned(), help: LAYOUTS.to_owned() })
        }
        Ok(read) => Ok(read),
        Err(NotRead::Syntax { line, column, why }) => Err(SuppliedError::Manifest { from, line, column, why }),
        Err(other) => {
            let why = format!("not the manifest of a service: {other}");
            Err(SuppliedError::Other { from, why, help: LAYOUTS.to_owned() })
        }
    }
}

/// Reads the manifest of a service from a text that may hold those of others.
///
/// # Errors
/// When the text has no known layout, holds no manifest, or holds several of which none belongs to the service.
pub(crate) fn manifest_of(service: Service, text: &str, names: &DeployedNames) -> Result<Manifest, NotRead> {
    let mut read = manifest::read(text, &names.shown, None)?;
    let count = read.len();
    read.retain(|one| count == 1 || whose(one, names) == Some(service));
    read.pop().map(|one| one.manifest).ok_or(NotRead::Count(count))
}

/// Reads the manifests of a text, each with its service. A file for many services may hold others too.
fn manifests(
    from: &str,
    service: Option<Service>,
    text: &str,
    names: &DeployedNames,
) -> Result<Vec<(Service, Manifest)>, SuppliedError> {
    let read = declarations(from, text, names)?;
    let owned = |one: &Declaration| Some((whose(one, names)?, one.manifest.clone()));
    let known: Vec<(Service, Manifest)> = match (service, read.as_slice()) {
        (Some(service), [only]) => vec![(service, only.manifest.clone())],
        (Some(service), several) => several.iter().filter_map(owned).filter(|(whose, _)| *whose == service).collect(),
        (None, all) => all.iter().filter_map(owned).collect(),
    };
    if known.is_empty() {
        let known: Vec<&str> = names.backend.iter().chain(&names.auth).map(String::as_str).collect();
        let strangers: Vec<String> = read.iter().map(|one| format!("`{}`", one.manifest.name)).collect();
        return Err(SuppliedError::Other {
            from: from.to_owned(),
            why: format!(
                "it is the manifest of {}; the target's services are {}",
                strangers.join(", "),
                known.join(", ")
            ),
            help: "name its service: `--manifest backend=FILE` or `--manifest auth=FILE`".to_owned(),
        });
    }
    Ok(known)
}

/// Finds the service by the names in the manifest: the deployed name of the target, or `backend` or `auth`.
pub(crate) fn whose(declaration: &Declaration, names: &DeployedNames) -> Option<Service> {
    let is = |name: &str| declaration.is_called(name);
    let of = |service: Service, name: &Option<String>| {
        (name.as_deref().is_some_and(is) || is(service.as_str())).then_some(service)
    };
    of(Service::Backend, &names.backend).or_else(|| of(Service::Auth, &names.auth))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::{prop_assert, proptest};
    use rstest::rstest;
    use tokio::time::Instant;

    use super::{Supplied, SuppliedError};
    use crate::evidence::{Evidence, Focus, LONGEST};
    use crate::fixtures::staging;
    use crate::terms::{EvidenceSource, Hop, Service};

    const CONTAINERS: &str =
        r#""spec":{"template":{"spec":{"containers":[{"env":[{"name":"SERVICE_ID","value":"netra-backend"}]}]}}}"#;

    fn named(name: &str) -> String {
        format!(r#"{{"metadata":{{"name":"{name}"}},{CONTAINERS}}}"#)
    }

    fn read(service: Option<Service>, text: &str) -> Result<Vec<Service>, SuppliedError> {
        let (mut supplied, mut evidence) = (Supplied::default(), Evidence::default());
        supplied.add_manifests("stdin", service, text, &staging().names)?;
        supplied.lay_manifests_over(&mut evidence, &str::to_owned);
        assert!(supplied.evidence_sources().contains(&EvidenceSource::Manifest));
        Ok(evidence.manifests.into_keys().collect())
    }

    #[test]
    fn the_name_in_a_manifest_tells_its_service() {
        assert_eq!(read(None, &named("netra-backend-staging")).ok(), Some(vec![Service::Backend]));
        assert_eq!(read(None, &named("netra-auth-service")).ok(), Some(vec![Service::Auth]));
    }

    #[test]
    fn the_label_of_a_revision_tells_its_service() {
        let revision = r#"{"metadata":{"name":"x-00001-abc","labels":{"serving.knative.dev/service":"netra-auth-service"}},"spec":{"containers":[{}]}}"#;
        assert_eq!(read(None, revision).ok(), Some(vec![Service::Auth]));
    }

    #[test]
    fn an_explicit_service_overrides_the_name() {
        assert_eq!(read(Some(Service::Auth), &named("elsewhere")).ok(), Some(vec![Service::Auth]));
    }

    #[rstest]
    #[case::listed(format!("[{},{}]", named("netra-backend-staging"), named("netra-auth-service")))]
    #[case::one_after_the_other(format!("{}\n{}", named("netra-backend-staging"), named("netra-auth-service")))]
    fn several_manifests_can_be_in_one_text(#[case] text: String) {
        assert_eq!(read(None, &text).ok(), Some(vec![Service::Backend, Service::Auth]));
    }

    const COMPOSE: &str =
        "services:\n  backend: { environment: [A=1] }\n  auth: { environment: [A=2] }\n  redis: { image: redis }\n";

    #[rstest]
    #[case::by_the_names(None, &[Service::Backend, Service::Auth])]
    #[case::only_the_named_one(Some(Service::Auth), &[Service::Auth])]
    fn a_file_for_many_services_may_hold_others(#[case] service: Option<Service>, #[case] expected: &[Service]) {
        assert_eq!(read(service, COMPOSE).ok().as_deref(), Some(expected));
    }

    #[rstest]
    #[case::the_only_one("services: { x: {} }", Ok("x"))]
    #[case::of_many(COMPOSE, Ok("auth"))]
    #[case::none_of_many("services: { x: {}, y: {} }", Err("it holds 2 manifests"))]
    #[case::nothing("", Err("it holds 0 manifests"))]
    fn the_manifest_of_a_service_is_found(#[case] text: &str, #[case] expected: Result<&str, &str>) {
        let found = super::manifest_of(Service::Auth, text, &staging().names);
        match (found, expected) {
            (Ok(found), Ok(name)) => assert_eq!(found.name, name),
            (Err(error), Err(says)) => assert!(error.to_string().contains(says), "{error}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[rstest]
    #[case::broken("{\n  \"metadata\": }", "stdin, line 2, column 15")]
    #[case::cut("{\"metadata\"", "stdin, line 1, column 11")]
    #[case::empty("", "it holds no manifest")]
    #[case::other(r#"{"valid":true}"#, "the layout of no known platform")]
    #[case::nameless(r#"{"metadata":{}}"#, "no metadata.name")]
    #[case::yaml("services:\n  a: [", "stdin, line 2")]
    #[case::env_file("A=1\nb", "stdin, line 2, column 1")]
    #[case::bare(r#"{"metadata":{"name":"x"}}"#, "no spec.template.spec.containers")]
    #[case::stranger(&named("elsewhere"), "it is the manifest of `elsewhere`; the target's services are netra-backend-staging")]
    fn a_text_that_is_not_a_manifest_is_refused(#[case] text: &str, #[case] says: &str) {
        let error = read(None, text).expect_err("refused").to_string();
        assert!(error.contains(says), "{error}");
    }

    #[rstest]
    #[case::broken("[{\"a\" 1}]", Some("line 1, column 6"))]
    #[case::other(r#"[{"a":1}]"#, Some("no log entry"))]
    #[case::prose("nothing to see\n", Some("line 1, column 1: neither a time nor a level"))]
    #[case::empty("[]", None)]
    #[case::nothing("", None)]
    #[case::entry(r#"{"timestamp":"2026-11-22T03:00:00Z","resource":{"labels":{"service_name":"x"}}}"#, None)]
    fn a_text_that_is_not_a_log_export_is_refused(#[case] text: &str, #[case] says: Option<&str>) {
        let mut supplied = Supplied::default();
        let refused = supplied
            .add_log("stdin", None, text.as_bytes(), &staging(), Focus::default())
            .err()
            .map(|error| error.to_string());
        assert_eq!(refused.is_some(), says.is_some(), "{refused:?}");
        assert!(refused.is_none_or(|refused| refused.contains(says.unwrap_or_default())));
    }

    #[test]
    fn a_log_counts_as_read_at_its_last_entry() {
        let mut supplied = Supplied::default();
        let entry = r#"{"timestamp":"2026-11-22T03:00:00Z","resource":{"labels":{"service_name":"netra-auth-service"}},"textPayload":"x"}"#;
        supplied.add_log("stdin", None, entry.as_bytes(), &staging(), Focus::default()).expect("a log");
        let mut evidence = Evidence::default();
        supplied.add_log_to(&mut evidence, &staging(), &str::to_owned);
        assert_eq!(evidence.log.len(), 1);
        assert_eq!(evidence.log_read_at.map(|at| at.to_string()).as_deref(), Some("2026-11-22T03:00:00Z"));
    }

    #[tokio::test]
    async fn a_file_that_grows_is_read_again() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let mut supplied = Supplied::default();
        file.write_all(b"2026-11-22 03:00:00,000 INFO started\n").expect("it is ours");
        let log = std::fs::File::open(file.path()).expect("it is there");
        supplied.add_log("app.log", Some(Hop::Auth), log, &staging(), Focus::default()).expect("a log");
        supplied.follow(file.path(), 37);
        file.write_all(b"2026-11-22 03:00:09,000 ERROR refused\n").expect("it is ours");
        let (mut evidence, end) = (Evidence::default(), Instant::now() + LONGEST);
        supplied.add_grown_log_to(&mut evidence, &staging(), Focus::default(), end, &str::to_owned).await;
        let of_auth = evidence.log.iter().filter(|entry| entry.by == Hop::Auth).count();
        assert_eq!((evidence.log.len(), of_auth), (2, 2), "{:?}", evidence.log);
    }

    proptest! {
        #[test]
        fn no_text_panics_and_no_error_quotes_it(text in r#"(?s)([{}\[\]":,a-z]|canary){0,60}"#) {
            let mut supplied = Supplied::default();
            let said = [
                supplied.add_manifests("stdin", None, &text, &staging().names).err(),
                supplied.add_log("stdin", None, text.as_bytes(), &staging(), Focus::default()).err(),
            ];
            for error in said.into_iter().flatten() {
                prop_assert!(!error.to_string().contains("canary"));
            }
        }
    }
}
