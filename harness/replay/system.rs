//! The recorded target with fresh secrets: a recording has none.

use std::collections::BTreeMap;

use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use crate::config::{SecretOrigin, SecretSource, Target, TwinPlace, as_websocket};
use crate::explain::described;
use crate::har::Recording;
use crate::terms::{Algorithm, EvidenceSource};

/// Returns the target of a recording, with fresh secrets and without what only the recorded system had.
pub(super) fn renewed(recording: &Recording, target: Option<Target>) -> Target {
    let mut target = target.unwrap_or_else(|| described(&recording.entries));
    let run = recording.run.as_ref();
    let place = run.and_then(|run| serde_json::from_value::<TwinPlace>(run.pointer("/kept/twin")?.clone()).ok());
    if let Some(place) = place.filter(|_| target.twin) {
        target.stand_where(place);
    }
    if let Some(granted) = run.and_then(|run| run.get("evidence")?.as_array()) {
        let names: Vec<&str> = granted.iter().filter_map(serde_json::Value::as_str).collect();
        target.evidence_sources.retain(|source| names.contains(&source.as_str()));
    }
    // Manifests and logs are files of their own: `fivewhys explain` reads them, a replay has none.
    target.evidence_sources.retain(|source| !matches!(source, EvidenceSource::Manifest | EvidenceSource::Logs));
    (target.manifests, target.logs, target.jwks) = (BTreeMap::new(), Vec::new(), None);
    (target.twin, target.recorded, target.production) = (false, false, false);
    target.algorithm = Algorithm::Hs256;
    renew(&mut target.signing_secret);
    if let Some(caller) = &mut target.caller {
        renew(&mut caller.secret);
    }
    target.users.iter_mut().flat_map(|user| user.secrets.values_mut()).for_each(renew);
    target
}

fn renew(secret: &mut SecretSource) {
    let fresh = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    secret.sources = vec![SecretOrigin::Held(SecretString::from(fresh))];
}

/// Points a target at the servers of a replay.
pub(super) fn stand_at(
    target: &mut Target,
    edge: Option<Url>,
    auth: Option<Url>,
    websocket: Option<Url>,
    direct: Option<Url>,
) {
    if let Some(edge) = edge {
        target.websocket = as_websocket(websocket.as_ref().unwrap_or(&edge));
        target.backend = edge;
    }
    if let Some(auth) = auth {
        target.auth = auth;
    }
    if direct.is_none() {
        target.evidence_sources.remove(&EvidenceSource::Direct);
    }
    target.direct = direct.map(|url| (url.clone(), as_websocket(&url)));
}
