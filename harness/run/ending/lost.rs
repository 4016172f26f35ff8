//! What the deployed services lost, by their manifests and those of the previous revisions.

use std::collections::BTreeMap;

use crate::evidence::{Evidence, Manifest};
use crate::gate::{previous_manifests, role_of};
use crate::preflight::{self, Lost};
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
