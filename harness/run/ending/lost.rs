//! What the deployed services lost, by their manifests and those of the previous revisions.

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::{Cause, Finding};
use crate::evidence::{Evidence, Manifest};
use crate::gate::{Previous, previous_manifests, role_of};
use crate::preflight::{self, Deploy, Lost, report_losses};
use crate::run::context::smoke::Smoke;

/// Returns what the deployed services lack of what the target requires. Reads the manifests of the previous revisions only
/// if something is missing, because that may run a command.
pub(crate) async fn lost(run: &Smoke, evidence: &Evidence) -> Option<Lost> {
    let (target, catalogue) = (&*run.target, &*run.catalogue);
    let deployed: Vec<String> = run.deployed.iter().map(|(service, _)| role_of(service, target)).collect();
    let manifests: BTreeMap<String, Manifest> =
        evidence.manifests.iter().map(|(service, manifest)| (service.as_str().to_owned(), manifest.clone())).collect();
    let find =
        |previous: &BTreeMap<String, Manifest>| preflight::lost(target, catalogue, &deployed, &manifests, previous);
    find(&BTreeMap::new())?;
    // After an interruption the run must not wait for a command.
    let previous = run.conduct.interruption.or(previous_manifests(&run.conduct.previous, target)).await;
    find(&previous.unwrap_or_default())
}

/// Returns a finding for each deploy that lost variables, and lets the fixes restore them. Reads only manifests at hand.
pub(crate) fn losses(run: &Smoke, evidence: &Evidence, causes: &mut [Cause]) -> Vec<Finding> {
    let target = &*run.target;
    let deploys: Vec<Deploy<'_>> =
        run.conduct.previous.iter().filter_map(|one| deploy(one, evidence, target)).collect();
    report_losses(&deploys, target, causes)
}

fn deploy<'a>(previous: &'a Previous, evidence: &'a Evidence, target: &Target) -> Option<Deploy<'a>> {
    let role = role_of(&previous.service, target);
    let (service, now) = evidence.manifests.iter().find(|(service, _)| service.as_str() == role)?;
    let (revision, before) = (previous.revision.as_str(), previous.manifest.as_ref()?);
    Some(Deploy { service: service.as_str(), revision, before, now })
}
