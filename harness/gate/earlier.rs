//! Whether a revision had a fault before: the same run diagnosed once more, with the variables that the revision before had, and once with
//! those in order. Sits in `run`,
//! between the diagnosis and the `gate`.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{EvidenceLocation, Target};
use crate::diagnose::{Catalogue, Cause, Given, diagnose};
use crate::evidence::{EnvValue, Manifest, output_of};
use crate::gate::in_order::in_order;
use crate::terms::{EvidenceSource, Service};

/// A revision to go back to.
#[derive(Debug, Clone)]
pub struct Previous {
    /// `backend`, `auth`, or whatever the operator deploys.
    pub service: String,
    /// The revision's name.
    pub revision: String,
    /// Its manifest, where it was handed over.
    pub manifest: Option<Manifest>,
}

/// What is known of a fault in the revision before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// By its variables: they leave the fault, and others would not.
    Had,
    /// Its variables rule it out.
    HadNot,
    /// Its variables rule it out, and bring a fault of their own.
    HadAnother,
    /// Nothing tells.
    Untold,
}

/// What is known of the revisions before, by service.
#[derive(Debug, Default)]
pub(crate) struct Earlier(BTreeMap<String, Candidates>);

/// The faults that remain of the same run, had the service other variables.
#[derive(Debug)]
struct Candidates {
    /// Those of the revision before.
    before: BTreeSet<String>,
    /// The same, with nothing wrong in them.
    in_order: BTreeSet<String>,
    /// The service does not start, and lacks what the target says that it requires, then as now.
    never_starts: bool,
}

impl Earlier {
    /// Looks at each revision before whose manifest is known, beside one of the service as it is now.
    pub(crate) async fn look(given: Given<'_>, catalogue: &Catalogue, previous: &[Previous]) -> Self {
        let remain = |service: Service, manifest: Manifest| {
            let mut evidence = given.evidence.clone();
            evidence.manifests.insert(service, manifest);
            candidates(&diagnose(Given { evidence: &evidence, ..given }, catalogue))
        };
        let mut known = BTreeMap::new();
        for one in previous {
            let services = [(Service::Backend, Service::Auth), (Service::Auth, Service::Backend)];
            let role = services.into_iter().find(|(role, _)| role.as_str() == one.service);
            let Some((service, other)) = role else { continue };
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

    /// Whether this service's revision before had a fault that remains now. One that nothing wrong in the variables can rule out lies
    /// elsewhere: a manifest does not tell.
    pub(crate) fn of(&self, fault: &str, service: &str) -> Then {
        match self.0.get(service) {
            Some(then) if !then.before.contains(fault) => match then.before.is_subset(&then.in_order) {
                true => Then::HadNot,
                false => Then::HadAnother,
            },
            Some(then) if then.never_starts || !then.in_order.contains(fault) => Then::Had,
            _ => Then::Untold,
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

/// The variables of the revision before, and whether it started with them. What belongs to the service stays: no roll back changes it.
fn as_it_was(now: &Manifest, then: Manifest) -> Manifest {
    Manifest { env: then.env, ready: then.ready, reason: then.reason, traffic: Vec::new(), ..now.clone() }
}

/// The manifest of a revision: handed over, or asked of the platform where the target reads this service's own from there.
async fn manifest(previous: &Previous, service: Service, target: &Target) -> Option<Manifest> {
    if let Some(manifest) = &previous.manifest {
        return Some(manifest.clone());
    }
    let argv = describe(&previous.revision, target.manifests.get(&service)?)
        .filter(|_| target.opens(EvidenceSource::Manifest))?;
    let text = output_of(&argv, target).await.ok()?;
    Manifest::parse(&text, &target.names.shown).ok()
}

/// `gcloud run services describe NAME …` with the revision in its place.
fn describe(revision: &str, source: &EvidenceLocation) -> Option<Vec<String>> {
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
    fn a_revision_is_asked_for_where_the_service_is(#[case] service: &str, #[case] revision: Option<&str>) {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let source = EvidenceLocation::Command(words(service));
        assert_eq!(describe("b-1", &source), revision.map(words));
    }
}
