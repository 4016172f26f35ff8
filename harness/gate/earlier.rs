//! Whether the previous revision already had a fault.
//!
//! The same run is diagnosed again twice: with the variables of the previous revision, and with those variables
//! corrected.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{EvidenceLocation, Target};
use crate::diagnose::{Catalogue, Cause, Given, diagnose};
use crate::evidence::{EnvValue, Manifest, manifest_of, output_of};
use crate::gate::in_order::in_order;
use crate::gate::{role_of, with_role};
use crate::terms::{EvidenceSource, Service};

/// A revision to go back to.
#[derive(Debug, Clone)]
pub struct Previous {
    /// `backend`, `auth`, or another service that the operator deploys.
    pub service: String,
    /// The name of the revision.
    pub revision: String,
    /// The manifest of the revision, if the operator supplied it.
    pub manifest: Option<Manifest>,
}

/// What is known about a fault in the previous revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The revision had the fault: its variables allow the fault, and corrected variables rule it out.
    Had,
    /// The variables of the revision rule the fault out.
    HadNot,
    /// The variables of the revision rule the fault out, but cause another one.
    HadAnother,
    /// It is not known.
    Unknown,
}

/// What is known about the previous revisions, by service.
#[derive(Debug, Default)]
pub(crate) struct Earlier(BTreeMap<String, Candidates>);

/// The candidates of the same run, with other variables of the service.
#[derive(Debug)]
struct Candidates {
    /// The candidates with the variables of the previous revision.
    before: BTreeSet<String>,
    /// The candidates with those variables corrected.
    in_order: BTreeSet<String>,
    /// Whether the service does not start, and both revisions lack a variable that the target lists as required.
    never_starts: bool,
}

impl Earlier {
    /// Diagnoses the run again for each previous revision with a known manifest, if the current manifest is known too.
    pub(crate) async fn look(given: Given<'_>, catalogue: &Catalogue, previous: &[Previous]) -> Self {
        let remain = |service: Service, manifest: Manifest| {
            let mut evidence = given.evidence.clone();
            evidence.manifests.insert(service, manifest);
            candidates(&diagnose(Given { evidence: &evidence, ..given }, catalogue))
        };
        let mut known = BTreeMap::new();
        for one in previous {
            let Some(service) = with_role(&one.service) else { continue };
            let other = match service {
                Service::Backend => Service::Auth,
                Service::Auth => Service::Backend,
            };
            let Some(now) = given.evidence.manifests.get(&service) else { continue };
            if let Some(then) = manifest(one, service, given.target).await {
                let before = as_it_was(now, then);
                let other = given.evidence.manifests.get(&other);
                let in_order = in_order(&before, service, other, given.target);
                let verdicts = Candidates {
                    never_starts: service == Service::Backend && never_starts(now, &before, given.target),
                    before: remain(service, before),
                    in_order: remain(service, in_order),
                };
                known.insert(one.service.clone(), verdicts);
            }
        }
        Self(known)
    }

    /// Returns whether the previous revision of this service had a fault that is a candidate now. A manifest cannot
    /// show it for a fault that remains with corrected variables.
    pub(crate) fn of(&self, fault: &str, service: &str) -> Then {
        match self.0.get(service) {
            Some(then) if !then.before.contains(fault) => match then.before.is_subset(&then.in_order) {
                true => Then::HadNot,
                false => Then::HadAnother,
            },
            Some(then) if then.never_starts || !then.in_order.contains(fault) => Then::Had,
            _ => Then::Unknown,
        }
    }
}

fn candidates(causes: &[Cause]) -> BTreeSet<String> {
    let alternatives = causes.iter().flat_map(|cause| &cause.alternatives).map(|other| other.fault.clone());
    causes.iter().map(|cause| cause.fault.clone()).chain(alternatives).collect()
}

fn never_starts(now: &Manifest, before: &Manifest, target: &Target) -> bool {
    let lacks = |manifest: &Manifest, name: &String| manifest.env.get(name).is_none_or(EnvValue::is_empty);
    let required = target.variables.get("required").map_or(&[][..], Vec::as_slice);
    now.ready == Some(false) && required.iter().any(|name| lacks(now, name) && lacks(before, name))
}

/// Returns the current manifest with the variables and the state of the previous revision. A rollback does not change
/// the rest.
fn as_it_was(now: &Manifest, then: Manifest) -> Manifest {
    Manifest { env: then.env, ready: then.ready, reason: then.reason, traffic: Vec::new(), ..now.clone() }
}

/// Returns the manifests of the previous revisions, as far as they can be read, by service.
pub(crate) async fn previous_manifests(previous: &[Previous], target: &Target) -> BTreeMap<String, Manifest> {
    let mut manifests = BTreeMap::new();
    for one in previous {
        let role = role_of(&one.service, target);
        let Some(service) = with_role(&role) else { continue };
        if let Some(manifest) = manifest(one, service, target).await {
            manifests.insert(role, manifest);
        }
    }
    manifests
}

/// Returns the manifest of a revision: the one that the operator supplied, or the one that the platform returns, if the
/// target reads the manifest of this service with `gcloud`.
async fn manifest(previous: &Previous, service: Service, target: &Target) -> Option<Manifest> {
    if let Some(manifest) = &previous.manifest {
        return Some(manifest.clone());
    }
    let argv = describe(&previous.revision, target.manifests.get(&service)?)
        .filter(|_| target.opens(EvidenceSource::Manifest))?;
    let text = output_of(&argv, target).await.ok()?;
    manifest_of(service, &text, &target.names).ok()
}

/// Turns `gcloud run services describe NAME …` into the command that describes the revision.
pub(crate) fn describe(revision: &str, source: &EvidenceLocation) -> Option<Vec<String>> {
    let EvidenceLocation::Command(words) = source else { return None };
    let begins = ["gcloud", "run", "services", "describe"];
    let rest = words.get(begins.len() + 1..)?;
    let alike = words.iter().zip(begins).all(|(word, known)| word == known);
    let argv = ["gcloud", "run", "revisions", "describe", revision].map(str::to_owned).into_iter();
    alike.then(|| argv.chain(rest.iter().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "gcloud run services describe b --format=json --region=r",
        Some("gcloud run revisions describe b-1 --format=json --region=r")
    )]
    #[case("gcloud run services describe b", Some("gcloud run revisions describe b-1"))]
    #[case("gcloud run services describe", None)]
    #[case("kubectl get ksvc b -o json", None)]
    fn the_command_for_a_service_gives_that_for_its_revision(#[case] service: &str, #[case] revision: Option<&str>) {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let source = EvidenceLocation::Command(words(service));
        assert_eq!(describe("b-1", &source), revision.map(words));
    }
}
