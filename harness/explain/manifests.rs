//! Which manifest of a service is the current one, and which shows an earlier revision.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::config::Target;
use crate::evidence::{Manifest, Supplied};
use crate::explain::ExplainError;
use crate::explain::pieces::{ManifestText, service_of};
use crate::gate::Previous;
use crate::terms::Service;

/// The manifests of a case.
#[derive(Debug, Default)]
pub(super) struct Manifests {
    /// The current ones, for the diagnosis.
    pub(super) current: Supplied,
    /// The services with an earlier manifest, each with its current revision.
    pub(super) deployed: Vec<(String, String)>,
    /// The newest earlier revision of each service.
    pub(super) previous: Vec<Previous>,
}

/// How new a manifest is: by the word of the caller, the number of its revision, or else by its time.
type Age = (bool, Option<u64>, Option<Timestamp>);

/// Sorts manifests: the newest of each service is current, and the one before it is what a rollback would restore.
///
/// # Errors
/// When a manifest cannot be read.
pub(super) fn sorted(pieces: &[ManifestText], target: &Target) -> Result<Manifests, ExplainError> {
    let mut by_service: BTreeMap<Service, Vec<(Age, &ManifestText)>> = BTreeMap::new();
    let mut sorted = Manifests::default();
    for piece in pieces {
        match service_of(piece, &target.names) {
            Some(service) => by_service.entry(service).or_default().push((age(piece), piece)),
            None => sorted.current.add_manifests(&piece.from, None, &piece.text, &target.names)?,
        }
    }
    for (service, mut all) in by_service {
        all.sort_by_key(|(age, _)| *age);
        let Some((_, current)) = all.pop() else { continue };
        sorted.current.add_manifests(&current.from, Some(service), &current.text, &target.names)?;
        if let Some((_, before)) = all.pop() {
            sorted.deployed.push((service.to_string(), revision(&current.text).unwrap_or_default()));
            sorted.previous.push(Previous {
                service: service.to_string(),
                revision: revision(&before.text).unwrap_or_default(),
                manifest: Manifest::parse(&before.text, &target.names.shown).ok(),
            });
        }
    }
    Ok(sorted)
}

fn age(piece: &ManifestText) -> Age {
    let Ok(json) = serde_json::from_str::<Value>(&piece.text) else { return (piece.is_current, None, None) };
    let number = revision_in(&json).and_then(number);
    let times = ["/metadata/labels/run.googleapis.com~1lastUpdatedTime", "/metadata/creationTimestamp"];
    let time = times.into_iter().find_map(|pointer| json.pointer(pointer)?.as_str()?.parse().ok());
    (piece.is_current, number, time)
}

/// Returns the revision that a manifest shows: that of a revision, or the newest one of a service.
fn revision(text: &str) -> Option<String> {
    revision_in(&serde_json::from_str(text).ok()?).map(str::to_owned)
}

fn revision_in(json: &Value) -> Option<&str> {
    let is_revision = json.get("kind").and_then(Value::as_str) == Some("Revision")
        || json.pointer("/metadata/labels/serving.knative.dev~1service").is_some();
    let places: &[&str] = if is_revision {
        &["/metadata/name"]
    } else {
        &["/status/latestCreatedRevisionName", "/spec/template/metadata/name", "/metadata/name"]
    };
    places.iter().find_map(|pointer| json.pointer(pointer)?.as_str())
}

/// Returns the number in a name that Knative gave: `backend-00611-cr5`.
fn number(revision: &str) -> Option<u64> {
    let (named, suffix) = revision.rsplit_once('-')?;
    let digits = named.rsplit('-').next().filter(|_| suffix.len() == 3)?;
    (digits.len() >= 5).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::staging;

    fn piece(text: String) -> ManifestText {
        ManifestText { from: "x.json".to_owned(), service: None, text, is_current: false }
    }

    fn service(newest: &str, updated: &str) -> ManifestText {
        piece(format!(
            r#"{{"kind":"Service","metadata":{{"name":"netra-backend-staging","creationTimestamp":"2020-01-01T00:00:00Z","labels":{{"run.googleapis.com/lastUpdatedTime":"{updated}"}}}},"spec":{{"template":{{"spec":{{"containers":[{{}}]}}}}}},"status":{{"latestCreatedRevisionName":"{newest}"}}}}"#
        ))
    }

    fn older(name: &str, created: &str) -> ManifestText {
        piece(format!(
            r#"{{"kind":"Revision","metadata":{{"name":"{name}","creationTimestamp":"{created}","labels":{{"serving.knative.dev/service":"netra-backend-staging"}}}},"spec":{{"containers":[{{}}]}}}}"#
        ))
    }

    #[rstest]
    #[case::by_number("b-00639-g4g", "b-00611-cr5", Some("b-00611-cr5"))]
    #[case::by_number_although_asked_later("b-00610-aaa", "b-00611-cr5", Some("b-00610-aaa"))]
    #[case::by_time("named-one", "another-name", Some("another-name"))]
    fn the_newer_manifest_is_current(#[case] newest: &str, #[case] other: &str, #[case] before: Option<&str>) {
        let pieces = [service(newest, "2026-02-02T00:00:00Z"), older(other, "2026-01-01T00:00:00Z")];
        for pieces in [[0, 1], [1, 0]].map(|order| order.map(|at| &pieces[at])) {
            let pieces = pieces.map(|one| piece(one.text.clone()));
            let sorted = sorted(&pieces, &staging()).expect("manifests");
            assert_eq!(sorted.previous.first().map(|one| one.revision.as_str()), before);
        }
    }

    #[test]
    fn the_manifest_that_the_caller_calls_current_is_current() {
        let newer = service("b-00639-g4g", "2026-02-02T00:00:00Z");
        let current = ManifestText { is_current: true, ..older("b-00611-cr5", "2026-01-01T00:00:00Z") };
        let sorted = sorted(&[current, newer], &staging()).expect("manifests");
        assert_eq!(sorted.previous.first().map(|one| one.revision.as_str()), Some("b-00639-g4g"));
    }

    #[test]
    fn one_manifest_has_no_revision_before_it() {
        let sorted = sorted(&[service("b-00001-abc", "2026-01-01T00:00:00Z")], &staging()).expect("manifests");
        assert!(sorted.previous.is_empty() && sorted.deployed.is_empty());
    }
}
