//! Which manifest of a service is the current one, and which shows an earlier revision.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::config::{DeployedNames, Target};
use crate::evidence::{Dated, Declaration, Supplied, declarations, whose};
use crate::explain::ExplainError;
use crate::explain::pieces::ManifestText;
use crate::gate::Previous;
use crate::report::Moment;
use crate::terms::Service;

/// The manifests of a case.
#[derive(Debug, Default)]
pub(super) struct Manifests {
    /// The current ones, for the diagnosis.
    pub(super) current: Supplied,
    /// The services with an earlier manifest, each with its current revision.
    pub(super) deployed: Vec<(String, String)>,
    /// The newest earlier revision of each service. Each has its manifest, so that no command is run to read it.
    pub(super) previous: Vec<Previous>,
    /// When revisions were made and services changed, by the manifests.
    pub(super) moments: Vec<Moment>,
}

/// How new a manifest is: by the word of the caller, the number of its revision, or else by its time.
type Age = (bool, Option<u64>, Option<Timestamp>);

/// Sorts manifests: the newest of each service is current, and the one before it is what a rollback would restore.
///
/// # Errors
/// When a manifest cannot be read, or a file holds none of a service of the target.
pub(super) fn sorted(pieces: &[ManifestText], target: &Target) -> Result<Manifests, ExplainError> {
    let mut by_service: BTreeMap<Service, Vec<(Age, Declaration)>> = BTreeMap::new();
    let mut sorted = Manifests::default();
    for piece in pieces {
        let read = owned(piece, &target.names)?;
        // The error names the services of the file and those of the target.
        if read.is_empty() {
            sorted.current.add_manifests(&piece.from, piece.service, &piece.text, &target.names)?;
        }
        for (service, declaration) in read {
            sorted.moments.extend(moment(&declaration));
            by_service.entry(service).or_default().push((age(piece.is_current, &declaration), declaration));
        }
    }
    for (service, mut all) in by_service {
        all.sort_by_key(|(age, _)| *age);
        let Some((_, current)) = all.pop() else { continue };
        if let Some((_, before)) = all.pop() {
            sorted.deployed.push((service.to_string(), revision(&current)));
            let (revision, manifest) = (revision(&before), Some(before.manifest));
            sorted.previous.push(Previous { service: service.to_string(), revision, manifest });
        }
        sorted.current.add_manifest(service, current.manifest);
    }
    Ok(sorted)
}

/// Returns the manifests of a file, each with its service: the one that the caller names, or by its name. A file for many
/// services may hold others.
fn owned(piece: &ManifestText, names: &DeployedNames) -> Result<Vec<(Service, Declaration)>, ExplainError> {
    let read = declarations(&piece.from, &piece.text, names)?;
    let is_alone = read.len() == 1;
    let service = |one: &Declaration| match (is_alone, piece.service) {
        (true, Some(service)) => Some(service),
        (true, None) => Some(of_name(one.service_name(), names)),
        (false, given) => whose(one, names).filter(|whose| given.is_none_or(|given| given == *whose)),
    };
    Ok(read.into_iter().filter_map(|one| Some((service(&one)?, one))).collect())
}

/// Returns the service of a deployed name. A name that the target does not know is one more backend.
fn of_name(name: &str, names: &DeployedNames) -> Service {
    let is_auth = names.auth.as_deref().is_some_and(|auth| name == auth || name.starts_with(&format!("{auth}-")));
    if is_auth { Service::Auth } else { Service::Backend }
}

fn age(is_current: bool, declaration: &Declaration) -> Age {
    let number = declaration.revision.as_deref().and_then(number);
    (is_current, number, declaration.dated.map(|dated| dated.at))
}

fn revision(declaration: &Declaration) -> String {
    declaration.revision.as_ref().unwrap_or(&declaration.manifest.name).clone()
}

/// Returns when a revision was created, or a service changed last.
fn moment(declaration: &Declaration) -> Option<Moment> {
    let Dated { at, is_creation } = declaration.dated?;
    let did = if is_creation { "was created" } else { "was changed last" };
    Some(Moment { at, says: format!("{} {did}, by its manifest", declaration.manifest.name) })
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
    fn a_file_with_several_manifests_is_sorted_one_by_one() {
        let (now, before) =
            (service("b-00002-abc", "2026-02-02T00:00:00Z"), older("b-00001-abc", "2026-01-01T00:00:00Z"));
        let auth = now.text.replace("netra-backend-staging", "netra-auth-service").replace("b-0000", "a-0000");
        let list = piece(format!("[{},{},{auth}]", now.text, before.text));
        let sorted = sorted(&[list], &staging()).expect("manifests");
        let previous: Vec<_> =
            sorted.previous.iter().map(|one| (one.service.as_str(), one.revision.as_str())).collect();
        assert_eq!(previous, [("backend", "b-00001-abc")]);
        assert!(sorted.previous.iter().all(|one| one.manifest.is_some()), "no command has to read it");
        assert_eq!(sorted.moments.len(), 3);
    }

    #[test]
    fn a_file_without_a_service_of_the_target_is_refused() {
        let list = piece("services: { x: {}, y: {} }".to_owned());
        assert!(sorted(&[list], &staging()).is_err());
    }

    #[test]
    fn one_manifest_has_no_revision_before_it() {
        let sorted = sorted(&[service("b-00001-abc", "2026-01-01T00:00:00Z")], &staging()).expect("manifests");
        assert!(sorted.previous.is_empty() && sorted.deployed.is_empty());
    }
}
