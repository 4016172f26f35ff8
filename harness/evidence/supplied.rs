//! Evidence that the user supplies on the command line: manifests and log exports, from files or standard input.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;

use super::logs::{Collected, Expected, Focus, LogError, ServiceNames, collect};
use super::{Evidence, Manifest};
use crate::config::{DeployedNames, Target};
use crate::terms::{EvidenceSource, Hop, Service};

/// The supplied evidence. It takes precedence over the target's own sources.
#[derive(Debug, Clone, Default)]
pub struct Supplied {
    manifests: BTreeMap<Service, Manifest>,
    logs: Vec<Arc<Collected>>,
}

/// Why supplied evidence is refused. The message does not quote the text, because a manifest may hold secrets.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum SuppliedError {
    /// The text is not JSON.
    #[error("{from}, line {line}, column {column}: {why}")]
    #[diagnostic(code(fivewhys::evidence::not_json), help("give what `gcloud … --format=json` prints"))]
    Json {
        /// The name of the file, or of standard input.
        from: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
        /// The parser's message.
        why: String,
    },
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
    /// The text is JSON, but not the expected evidence.
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
    /// When the text is not JSON, holds no manifest, or holds the manifest of a service that is not the target's.
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
        self.add_collected(collected(from, log, &Expected { writer, names, focus })?);
        Ok(())
    }

    /// Reads a log before its target is known. See [`Supplied::add_log`].
    ///
    /// # Errors
    /// When the log cannot be read, or holds text but no log entry.
    pub(crate) fn collect(from: &str, writer: Option<Hop>, log: impl Read) -> Result<Collected, SuppliedError> {
        collected(from, log, &Expected { writer, ..Expected::default() })
    }

    /// Adds a log that was read before its target was known.
    pub(crate) fn add_collected(&mut self, log: Collected) {
        self.logs.push(Arc::new(log));
    }

    /// Returns the sources of evidence that were supplied.
    #[must_use]
    pub fn evidence_sources(&self) -> BTreeSet<EvidenceSource> {
        let manifest = (!self.manifests.is_empty()).then_some(EvidenceSource::Manifest);
        manifest.into_iter().chain(self.logs.first().map(|_| EvidenceSource::Logs)).collect()
    }

    /// Replaces the manifests that were read by the supplied ones.
    pub fn lay_manifests_over(&self, evidence: &mut Evidence) {
        evidence.manifests.extend(self.manifests.clone());
    }

    /// Adds the supplied log to the evidence. The log counts as read at the time of its last entry.
    pub fn add_log_to(&self, evidence: &mut Evidence, target: &Target, clean: &dyn Fn(&str) -> String) {
        let names = ServiceNames::of(target, evidence.names());
        for log in &self.logs {
            let log = log.entries(&names, clean);
            let ends = log.ends();
            evidence.add_log(log, ends);
        }
    }
}

fn collected(from: &str, log: impl Read, expected: &Expected) -> Result<Collected, SuppliedError> {
    let read = collect(log, expected).map_err(LogError::from).and_then(|log| log.refuse().map(|()| log));
    read.map_err(|error| SuppliedError::Log { from: from.to_owned(), why: error.to_string() })
}

/// Reads the manifests of a text, each with its service.
fn manifests(
    from: &str,
    service: Option<Service>,
    text: &str,
    names: &DeployedNames,
) -> Result<Vec<(Service, Manifest)>, SuppliedError> {
    let other = |why: String, help: &str| SuppliedError::Other { from: from.to_owned(), why, help: help.to_owned() };
    let values = parsed(from, text)?;
    if values.is_empty() {
        return Err(other("it holds no manifest".to_owned(), "give what `gcloud run services describe` prints"));
    }
    let one = |value: &Value| {
        let manifest = Manifest::from_json(value, &names.shown).map_err(|why| {
            other(format!("not the manifest of a service: {why}"), "give what `gcloud run services describe` prints")
        })?;
        let whose = service.or_else(|| whose(value, &manifest, names));
        let unknown = || {
            let known: Vec<&str> = names.backend.iter().chain(&names.auth).map(String::as_str).collect();
            let why =
                format!("it is the manifest of `{}`; the target's services are {}", manifest.name, known.join(", "));
            other(why, "name its service: `--manifest backend=FILE` or `--manifest auth=FILE`")
        };
        Ok((whose.ok_or_else(unknown)?, manifest.clone()))
    };
    values.iter().map(one).collect()
}

/// Finds the service by `metadata.name`, or by the service label of a revision.
fn whose(value: &Value, manifest: &Manifest, names: &DeployedNames) -> Option<Service> {
    let label = value.get("metadata")?.get("labels").and_then(|labels| labels.get("serving.knative.dev/service"));
    let called = [Some(manifest.name.as_str()), label.and_then(Value::as_str)];
    let is = |name: &Option<String>| name.is_some() && called.contains(&name.as_deref());
    let backend = is(&names.backend).then_some(Service::Backend);
    backend.or_else(|| is(&names.auth).then_some(Service::Auth))
}

/// Reads a sequence of JSON values. A list stands for its items.
fn values(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    let read: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text).into_iter::<Value>().collect();
    Ok(read?.into_iter().flat_map(|value| if let Value::Array(list) = value { list } else { vec![value] }).collect())
}

fn parsed(from: &str, text: &str) -> Result<Vec<Value>, SuppliedError> {
    values(text).map_err(|error| SuppliedError::Json {
        from: from.to_owned(),
        line: error.line(),
        column: error.column(),
        why: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};
    use rstest::rstest;

    use super::{Supplied, SuppliedError};
    use crate::evidence::{Evidence, Focus};
    use crate::fixtures::staging;
    use crate::terms::{EvidenceSource, Service};

    const CONTAINERS: &str =
        r#""spec":{"template":{"spec":{"containers":[{"env":[{"name":"SERVICE_ID","value":"netra-backend"}]}]}}}"#;

    fn named(name: &str) -> String {
        format!(r#"{{"metadata":{{"name":"{name}"}},{CONTAINERS}}}"#)
    }

    fn read(service: Option<Service>, text: &str) -> Result<Vec<Service>, SuppliedError> {
        let (mut supplied, mut evidence) = (Supplied::default(), Evidence::default());
        supplied.add_manifests("stdin", service, text, &staging().names)?;
        supplied.lay_manifests_over(&mut evidence);
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

    #[rstest]
    #[case::broken("{\n  \"metadata\": }", "stdin, line 2, column 15")]
    #[case::cut("{\"metadata\"", "stdin, line 1, column 11")]
    #[case::empty("", "it holds no manifest")]
    #[case::other(r#"{"valid":true}"#, "no metadata.name")]
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
