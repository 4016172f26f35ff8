//! What becomes of a target after it was read: the twin's coordinates are filled in, evidence is withheld. Sits in `target`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::target::as_websocket;
use crate::config::{EvidenceLocation, SecretOrigin, Target, User, Validation};
use crate::terms::{Algorithm, EvidenceSource, Service};

/// Where the twin is, once it has booted, and what it holds.
#[derive(Debug, Clone)]
pub struct TwinCoordinates {
    /// The backend's base URL, through the edge.
    pub backend: Url,
    /// The auth service's own base URL.
    pub auth: Url,
    /// The base URL for WebSockets.
    pub websocket: Url,
    /// The backend's own base URL, past the edge.
    pub direct: Option<Url>,
    /// What tokens are signed with.
    pub signing_secret: SecretString,
    /// How they are signed with it.
    pub algorithm: Algorithm,
    /// Where the keys for it are published, if they are.
    pub jwks: Option<EvidenceLocation>,
    /// `iss` of our tokens.
    pub issuer: String,
    /// `aud` of our tokens.
    pub audience: String,
    /// How the twin's backend judges a token.
    pub validation: Validation,
    /// Whether the twin's backend refuses to start without its configuration.
    pub startup_check: bool,
    /// The id of the service we may speak for.
    pub service_id: String,
    /// Its secret.
    pub service_secret: SecretString,
    /// The twin's test users, the usual one first. Each replaces the target's user of the same name; others are added.
    pub users: Vec<User>,
    /// Where the manifests are, per service.
    pub manifests: BTreeMap<Service, EvidenceLocation>,
    /// Where the logs are.
    pub logs: Vec<EvidenceLocation>,
}

/// Where a twin was that is gone, as far as a diagnosis asks. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TwinPlace {
    /// The backend's base URL, through the edge.
    pub backend: Url,
    /// The auth service's own base URL.
    pub auth: Url,
    /// The base URL for WebSockets.
    pub websocket: Url,
    /// The backend's own base URL, past the edge.
    pub direct: Option<Url>,
    /// How its backend judged a token.
    pub validation: Validation,
    /// Whether its backend refused to start without its configuration.
    pub startup_check: Option<bool>,
    /// The id of the service we spoke for.
    pub caller: Option<String>,
}

impl Target {
    /// Where the twin is, if the target is one.
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

    /// Puts a target with `twin = true` where its twin was. Nothing can be sent there.
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

    /// Points a target with `twin = true` at the booted twin.
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
        self.logs = twin.logs;
    }

    /// Closes every source of evidence that is not in the list. Opens none; the edge stays open.
    pub fn close_evidence_sources_except(&mut self, kept: &[EvidenceSource]) {
        self.evidence_sources
            .retain(|evidence_source| *evidence_source == EvidenceSource::Edge || kept.contains(evidence_source));
    }
}
