//! What a target declares, as the model of the path takes it.

use fivewhys_path::{Declared, Request, Topology};

use crate::config::{Endpoint, Target};
use crate::probe::ProbeKey;
use crate::terms::{Role, Service, TokenKind};

/// Returns the traits of a system that the target describes.
pub(in crate::diagnose) fn topology(target: &Target) -> Topology {
    Topology::of(&Declared {
        validation: target.validation,
        algorithm: target.algorithm,
        has_key_set: target.jwks.is_some(),
        startup_check: target.startup_check,
        endpoints: target.endpoints.values().map(|endpoint| endpoint.validation).collect(),
    })
}

/// Returns the request of a probe. `None`: the endpoint takes no part in the diagnosis.
pub(super) fn request(key: &ProbeKey, endpoint: &Endpoint, at: usize, user: &str) -> Option<Request> {
    let takes_token = !endpoint.token_locations.is_empty();
    let role = match (endpoint.role, endpoint.service) {
        (Role::Open, Service::Backend) if takes_token => Role::Protected,
        (Role::Open | Role::Logout, _) | (Role::Introspection | Role::Issuer | Role::SelfCheck, Service::Backend) => {
            return None;
        }
        (Role::Protected | Role::Optional, Service::Auth) => Role::Introspection,
        (role, _) => role,
    };
    Some(Request {
        endpoint: at,
        to: endpoint.service,
        past_edge: endpoint.past_edge,
        role,
        kind: endpoint.kind,
        token: if takes_token { key.token } else { TokenKind::None },
        location: key.token_location,
        caller: endpoint.takes_caller.then_some(key.caller),
        has_body: endpoint.body.is_some(),
        same_user: key.user == user,
    })
}
