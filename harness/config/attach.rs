//! Changes to a resolved target: fills in the coordinates of a twin, and withholds evidence.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::target::as_websocket;
use crate::config::{EvidenceLocation, LogSource, SecretOrigin, Target, User, Validation};
use crate::terms::{Algorithm, EvidenceSource, Service};

/// The addresses, secrets and users of a twin that has started.
#[derive(Debug, Clone)]
pub struct TwinCoordinates {
    /// The backend's base URL, through the edge.
    pub backend: Url,
    /// The auth service's base URL.
    pub auth: Url,
    /// The base URL for WebSockets.
    pub websocket: Url,
    /// The backend's own base URL, which goes around the edge.
    pub direct: Option<Url>,
    /// The key that signs tokens.
    pub signing_secret: SecretString,
    /// The algorithm of that key.
    pub algorithm: Algorithm,
    /// The location of the published keys (a JWK set, RFC 7517), if the twin publishes any.
    pub jwks: Option<EvidenceLocation>,
    /// The claim `iss` of the tokens that we mint.
    pub issuer: String,
    /// The claim `aud` of the tokens that we mint.
    pub audience: String,
    /// How the twin's backend validates a token.
    pub validation: Validation,
    /// Whether the twin's backend refuses to start when its configuration is incomplete.
    pub startup_check: bool,
    /// The id of the service whose credentials we may use.
    pub service_id: String,
    /// The secret of that service.
    pub service_secret: SecretString,
    /// The twin's test users, the default one first. Each replaces the target's user of the same name. The others are
    /// added.
    pub users: Vec<User>,
    /// The location of each service's manifest.
    pub manifests: BTreeMap<Service, EvidenceLocation>,
    /// The locations of the logs.
    pub logs: Vec<EvidenceLocation>,
}

/// The facts about a stopped twin that a diagnosis needs. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TwinPlace {
    /// The backend's base URL, through the edge.
    pub backend: Url,
    /// The auth service's base URL.
    pub auth: Url,
    /// The base URL for WebSockets.
    pub websocket: Url,
    /// The backend's own base URL, which goes around the edge.
    pub direct: Option<Url>,
    /// How its backend validated a token.
    pub validation: Validation,
    /// Whether its backend refused to start when its configuration was incomplete.
    pub startup_check: Option<bool>,
    /// The id of the service whose credentials we used.
    pub caller: Option<String>,
}

impl Target {
    /// Returns the coordinates of the twin. Returns `None` when the target is not a twin.
    #[must_use]
    pub fn twin_place(&self) -> Option<TwinPlace> {
        self.twin.then(|| TwinPlace {
            backend: self.backend.clone(),
            auth: self.auth.clone(),
            websocket: self.websocket.clone(),
            direct: self.direct.as_ref().map(|(http, _)| http.clone()),
            validation: self.validation,
            startup_check: self.startup_check,
            caller: self.caller.as_ref().map(|caller| caller.id.clone()),
        })
    }

    /// Fills in the coordinates of a stopped twin in a target with `twin = true`. Requests to it must not be sent.
    pub fn stand_where(&mut self, place: TwinPlace) {
        (self.backend, self.auth, self.websocket) = (place.backend, place.auth, place.websocket);
        self.direct = place.direct.map(|url| (url.clone(), as_websocket(&url)));
        if self.direct.is_some() {
            self.add_direct_endpoints();
        }
        (self.validation, self.startup_check) = (place.validation, place.startup_check);
        if let Some((caller, id)) = self.caller.as_mut().zip(place.caller) {
            caller.id = id;
        }
    }

    /// Points a target with `twin = true` at the running twin.
    pub fn attach(&mut self, twin: TwinCoordinates) {
        self.backend = twin.backend;
        self.auth = twin.auth;
        self.websocket = twin.websocket;
        self.direct = twin.direct.map(|url| (url.clone(), as_websocket(&url)));
        if self.direct.is_some() {
            self.add_direct_endpoints();
        }
        self.signing_secret.sources = vec![SecretOrigin::Held(twin.signing_secret)];
        (self.algorithm, self.jwks) = (twin.algorithm, twin.jwks);
        self.claims.iss = twin.issuer;
        self.claims.aud = Some(twin.audience);
        self.validation = twin.validation;
        self.startup_check = Some(twin.startup_check);
        if let Some(caller) = &mut self.caller {
            caller.id = twin.service_id;
            caller.secret.sources = vec![SecretOrigin::Held(twin.service_secret)];
        }
        for user in twin.users {
            match self.users.iter_mut().find(|known| known.name == user.name) {
                Some(known) => *known = user,
                None => self.users.push(user),
            }
        }
        self.manifests = twin.manifests;
        self.logs = twin.logs.into_iter().map(LogSource::from).collect();
    }

    /// Points one service at another address, for example that of a revision that gets no traffic. The backend's WebSockets
    /// follow. Direct endpoints are removed, because the backend's own URL serves another revision.
    pub(crate) fn move_to(&mut self, service: Service, url: Url) {
        match service {
            Service::Auth => self.auth = url,
            Service::Backend => {
                (self.websocket, self.backend, self.direct) = (as_websocket(&url), url, None);
                self.endpoints.retain(|_, endpoint| !endpoint.past_edge);
            }
        }
    }

    /// Withholds every source of evidence that is not in the list. Grants none. The edge is always granted.
    pub fn close_evidence_sources_except(&mut self, kept: &[EvidenceSource]) {
        self.evidence_sources
            .retain(|evidence_source| *evidence_source == EvidenceSource::Edge || kept.contains(evidence_source));
    }
}
