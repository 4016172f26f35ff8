//! The shares of the traffic, by the manifest of the service.

use crate::evidence::{Manifest, NEWEST};
use crate::report::{RevisionEvidence, RevisionProof, RevisionShare};

/// Returns what the manifest shows. A share of the newest revision belongs to the newest one that was ready. `None` if the
/// manifest has no shares, or does not say which revision is the newest.
pub(super) fn proof(manifest: &Manifest, revision: &str) -> Option<RevisionProof> {
    let named = |name: &str| match (name, &manifest.latest_ready) {
        (NEWEST, newest) => newest.clone(),
        (name, _) => Some(name.to_owned()),
    };
    let shares: Option<Vec<(String, u64)>> =
        manifest.traffic.iter().map(|(name, percent)| Some((named(name)?, *percent))).collect();
    let shares = shares.filter(|shares| !shares.is_empty())?;
    let is_deployed = |(name, _): &&(String, u64)| name == revision;
    let (deployed, all) = (shares.iter().filter(is_deployed).count(), shares.len());
    let (share, says) = match deployed {
        0 => (RevisionShare::None, sends(&shares)),
        some if some == all => (RevisionShare::All, "the manifest (100 % of the traffic)".to_owned()),
        _ => (RevisionShare::Part, sends(&shares)),
    };
    let says = if share == RevisionShare::All { says } else { format!("{says}{}", not_ready(manifest, revision)) };
    Some(RevisionProof { by: RevisionEvidence::Manifest, share, says })
}

fn sends(shares: &[(String, u64)]) -> String {
    match shares {
        [(only, _)] => format!("the manifest sends all traffic to {only}"),
        several => {
            let shares: Vec<String> = several.iter().map(|(name, percent)| format!("{percent} % to {name}")).collect();
            format!("the manifest splits the traffic: {}", shares.join(", "))
        }
    }
}

fn not_ready(manifest: &Manifest, revision: &str) -> &'static str {
    let is_newest = manifest.latest_created.as_deref() == Some(revision);
    if is_newest && manifest.ready == Some(false) { ", because the deployed revision is not ready" } else { "" }
}
