//! Evidence handed over by whoever runs us: manifests and log exports, from files or standard input. Sits in `evidence`; `cli` fills it,
//! `run` lays it over what the target's own sources gave.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use thiserror::Error;

use super::log::{self, ServiceNames};
use super::{Evidence, Manifest};
use crate::config::{DeployedNames, Target};
use crate::terms::{EvidenceSource, Service};

/// What was handed over.
#[derive(Debug, Clone, Default)]
pub struct Supplied {
    manifests: BTreeMap<Service, Manifest>,
    log: Option<Vec<Value>>,
}

/// What is wrong with it. Its text is not quoted: a manifest may hold literal secrets.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum SuppliedError {
    /// It is not JSON.
    #[error("{from}, line {line}, column {column}: {why}")]
    #[diagnostic(code(fivewhys::evidence::not_json), help("give what `gcloud … --format=json` prints"))]
    Json {
        /// Which file, or standard input.
        from: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
        /// The parser's words.
        why: String,
    },
    /// It is JSON of something else.
    #[error("{from}: {why}")]
    #[diagnostic(code(fivewhys::evidence::not_evidence), help("{help}"))]
    Other {
        /// Which file, or standard input.
        from: String,
        /// What is missing.
        why: String,
        /// What would be right.
        help: String,
    },
}

impl Supplied {
    /// Takes manifests: one service or revision, several one after the other, or a list of them. Whose each is tells `service`, or else the
    /// name in it.
    ///
    /// # Errors
    /// When it is not JSON, holds no manifest, or one of a service that is not the target's.
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

    /// Takes a log export: an array, NDJSON or one entry. An empty one is one too.
    ///
    /// # Errors
    /// When it is not JSON, or holds something and no log entry.
    pub fn add_log(&mut self, from: &str, text: &str) -> Result<(), SuppliedError> {
        let entries = log_values(from, text)?;
        self.log.get_or_insert_default().extend(entries);
        Ok(())
    }

    /// The evidence it stands for.
    #[must_use]
    pub fn evidence_sources(&self) -> BTreeSet<EvidenceSource> {
        let manifest = (!self.manifests.is_empty()).then_some(EvidenceSource::Manifest);
        manifest.into_iter().chain(self.log.as_ref().map(|_| EvidenceSource::Logs)).collect()
    }

    /// Lays the manifests over those that were read.
    pub fn lay_manifests_over(&self, evidence: &mut Evidence) {
        evidence.manifests.extend(self.manifests.clone());
    }

    /// Adds the log. What happened after its last entry is not in it.
    pub fn add_log_to(&self, evidence: &mut Evidence, target: &Target, clean: &dyn Fn(&str) -> String) {
        let Some(values) = &self.log else { return };
        let entries = log::entries(values, &ServiceNames::of(target, &evidence.manifests), clean);
        let ends = entries.iter().map(|entry| entry.at).max();
        evidence.add_log(entries, ends);
    }
}

/// The manifests of a text, each with its service.
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
            other(format!("no manifest of a service: {why}"), "give what `gcloud run services describe` prints")
        })?;
        let whose = service.or_else(|| whose(value, &manifest, names));
        let unknown = || {
            let known: Vec<&str> = names.backend.iter().chain(&names.auth).map(String::as_str).collect();
            let why =
                format!("it is the manifest of `{}`; the target's services are {}", manifest.name, known.join(", "));
            other(why, "say whose it is: `--manifest backend=FILE` or `--manifest auth=FILE`")
        };
        Ok((whose.ok_or_else(unknown)?, manifest.clone()))
    };
    values.iter().map(one).collect()
}

/// By `metadata.name`, or, of a revision, by the name of its service.
fn whose(value: &Value, manifest: &Manifest, names: &DeployedNames) -> Option<Service> {
    let label = value.get("metadata")?.get("labels").and_then(|labels| labels.get("serving.knative.dev/service"));
    let called = [Some(manifest.name.as_str()), label.and_then(Value::as_str)];
    let is = |name: &Option<String>| name.is_some() && called.contains(&name.as_deref());
    let backend = is(&names.backend).then_some(Service::Backend);
    backend.or_else(|| is(&names.auth).then_some(Service::Auth))
}

fn log_values(from: &str, text: &str) -> Result<Vec<Value>, SuppliedError> {
    let values = parsed(from, text)?;
    let is_entry =
        |value: &Value| value.get("timestamp").is_some() && value.pointer("/resource/labels/service_name").is_some();
    if !values.is_empty() && !values.iter().any(is_entry) {
        return Err(SuppliedError::Other {
            from: from.to_owned(),
            why: "no log entry: none has `timestamp` and `resource.labels.service_name`".to_owned(),
            help: "give what `gcloud logging read … --format=json` prints".to_owned(),
        });
    }
    Ok(values)
}

fn parsed(from: &str, text: &str) -> Result<Vec<Value>, SuppliedError> {
    log::values(text).map_err(|error| SuppliedError::Json {
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
    use crate::evidence::Evidence;
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
    fn a_manifest_tells_by_its_name_whose_it_is() {
        assert_eq!(read(None, &named("netra-backend-staging")).ok(), Some(vec![Service::Backend]));
        assert_eq!(read(None, &named("netra-auth-service")).ok(), Some(vec![Service::Auth]));
    }

    #[test]
    fn a_revision_tells_by_its_label() {
        let revision = r#"{"metadata":{"name":"x-00001-abc","labels":{"serving.knative.dev/service":"netra-auth-service"}},"spec":{"containers":[{}]}}"#;
        assert_eq!(read(None, revision).ok(), Some(vec![Service::Auth]));
    }

    #[test]
    fn whoever_says_whose_it_is_is_believed() {
        assert_eq!(read(Some(Service::Auth), &named("elsewhere")).ok(), Some(vec![Service::Auth]));
    }

    #[rstest]
    #[case::listed(format!("[{},{}]", named("netra-backend-staging"), named("netra-auth-service")))]
    #[case::one_after_the_other(format!("{}\n{}", named("netra-backend-staging"), named("netra-auth-service")))]
    fn several_come_at_once(#[case] text: String) {
        assert_eq!(read(None, &text).ok(), Some(vec![Service::Backend, Service::Auth]));
    }

    #[rstest]
    #[case::broken("{\n  \"metadata\": }", "stdin, line 2, column 15")]
    #[case::cut("{\"metadata\"", "stdin, line 1, column 11")]
    #[case::empty("", "it holds no manifest")]
    #[case::other(r#"{"valid":true}"#, "no metadata.name")]
    #[case::bare(r#"{"metadata":{"name":"x"}}"#, "no spec.template.spec.containers")]
    #[case::stranger(&named("elsewhere"), "it is the manifest of `elsewhere`; the target's services are netra-backend-staging")]
    fn what_is_no_manifest_is_refused_with_its_place(#[case] text: &str, #[case] says: &str) {
        let error = read(None, text).expect_err("refused").to_string();
        assert!(error.contains(says), "{error}");
    }

    #[rstest]
    #[case::broken("[{]", Some("stdin, line 1, column 3"))]
    #[case::other(r#"[{"a":1}]"#, Some("no log entry"))]
    #[case::empty("[]", None)]
    #[case::nothing("", None)]
    #[case::entry(r#"{"timestamp":"2026-11-22T03:00:00Z","resource":{"labels":{"service_name":"x"}}}"#, None)]
    fn a_log_export_is_one_or_is_refused(#[case] text: &str, #[case] says: Option<&str>) {
        let mut supplied = Supplied::default();
        let refused = supplied.add_log("stdin", text).err().map(|error| error.to_string());
        assert_eq!(refused.is_some(), says.is_some(), "{refused:?}");
        assert!(refused.is_none_or(|refused| refused.contains(says.unwrap_or_default())));
    }

    #[test]
    fn what_happened_after_the_last_entry_is_not_in_a_log() {
        let mut supplied = Supplied::default();
        let entry = r#"{"timestamp":"2026-11-22T03:00:00Z","resource":{"labels":{"service_name":"netra-auth-service"}},"textPayload":"x"}"#;
        supplied.add_log("stdin", entry).expect("a log");
        let mut evidence = Evidence::default();
        supplied.add_log_to(&mut evidence, &staging(), &str::to_owned);
        assert_eq!(evidence.log.len(), 1);
        assert_eq!(evidence.log_read_at.map(|at| at.to_string()).as_deref(), Some("2026-11-22T03:00:00Z"));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_is_quoted(text in r#"(?s)([{}\[\]":,a-z]|canary){0,60}"#) {
            let mut supplied = Supplied::default();
            let said = [
                supplied.add_manifests("stdin", None, &text, &staging().names).err(),
                supplied.add_log("stdin", &text).err(),
            ];
            for error in said.into_iter().flatten() {
                prop_assert!(!error.to_string().contains("canary"));
            }
        }
    }
}
