//! Whether a revision had a fault before: the diagnosis of the same run, with the environment that the revision before had. Sits in `run`,
//! between the diagnosis and the `gate`.

use std::collections::{BTreeMap, BTreeSet};

use super::conduct::Previous;
use crate::diagnose::{Catalogue, Cause, Given, diagnose};
use crate::evidence::{Evidence, Manifest, output_of};
use crate::target::{Door, EvidenceSource, Service, Target};

/// What is known of a fault in the revision before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Its manifest shows the same.
    Had,
    /// Its manifest rules it out.
    HadNot,
    /// Nothing tells.
    Untold,
}

/// What is known of the revisions before, by service.
#[derive(Debug, Default)]
pub(super) struct Earlier(BTreeMap<String, Verdicts>);

/// The candidates of one diagnosis, and of them those that a manifest itself shows.
#[derive(Debug, Default)]
struct Verdicts {
    remain: BTreeSet<String>,
    shown: BTreeSet<String>,
}

impl Earlier {
    /// Looks at each revision before whose manifest is known, beside one of the service as it is now.
    pub(super) async fn look(given: Given<'_>, catalogue: &Catalogue, previous: &[Previous]) -> Self {
        let mut known = BTreeMap::new();
        for one in previous {
            let Some(service) = [Service::Backend, Service::Auth].into_iter().find(|role| role.as_str() == one.service)
            else {
                continue;
            };
            let Some(now) = given.evidence.manifests.get(&service) else { continue };
            if let Some(then) = manifest(one, service, given.target).await {
                let evidence = with_environment(given.evidence, service, now, then);
                let causes = diagnose(Given { evidence: &evidence, ..given }, catalogue);
                known.insert(one.service.clone(), Verdicts::of(&causes));
            }
        }
        Self(known)
    }

    /// Whether this service's revision before had a fault that remains now.
    pub(super) fn of(&self, fault: &str, service: &str) -> Then {
        match self.0.get(service) {
            Some(then) if then.shown.contains(fault) => Then::Had,
            Some(then) if !then.remain.contains(fault) => Then::HadNot,
            _ => Then::Untold,
        }
    }
}

impl Verdicts {
    fn of(causes: &[Cause]) -> Self {
        let alternatives = causes.iter().flat_map(|cause| &cause.alternatives).map(|other| other.fault.clone());
        let remain = causes.iter().map(|cause| cause.fault.clone()).chain(alternatives).collect();
        let shown = causes.iter().filter(|cause| is_shown_by_a_manifest(cause)).map(|cause| cause.fault.clone());
        Self { remain, shown: shown.collect() }
    }
}

/// Whether a link of the chain is proved by a manifest: `diagnose` begins such proofs with the word.
fn is_shown_by_a_manifest(cause: &Cause) -> bool {
    cause
        .whys
        .iter()
        .flat_map(|why| &why.evidence)
        .any(|proof| proof.exchange.is_none() && proof.says.starts_with("manifest"))
}

/// The same evidence, but for one service's variables and whether it started with them. Traffic and ingress stay: no roll back of a
/// revision changes them.
fn with_environment(evidence: &Evidence, service: Service, now: &Manifest, then: Manifest) -> Evidence {
    let mut evidence = evidence.clone();
    evidence
        .manifests
        .insert(service, Manifest { env: then.env, ready: then.ready, reason: then.reason, ..now.clone() });
    evidence
}

/// The manifest of a revision: handed over, or asked of the platform where the target reads this service's own from there.
async fn manifest(previous: &Previous, service: Service, target: &Target) -> Option<Manifest> {
    if let Some(manifest) = &previous.manifest {
        return Some(manifest.clone());
    }
    let argv =
        describe(&previous.revision, target.manifests.get(&service)?).filter(|_| target.opens(Door::Manifest))?;
    let text = output_of(&argv, target).await.ok()?;
    Manifest::parse(&text, &target.names.shown).ok()
}

/// `gcloud run services describe NAME …` with the revision in its place.
fn describe(revision: &str, source: &EvidenceSource) -> Option<Vec<String>> {
    let EvidenceSource::Command(words) = source else { return None };
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
        let source = EvidenceSource::Command(words(service));
        assert_eq!(describe("b-1", &source), revision.map(words));
    }
}
