//! What a target declares, as the model of the path takes it.

use fivewhys_path::{Declared, Evidence, Request, Topology};

use crate::config::{Endpoint, Target};
use crate::probe::ProbeKey;
use crate::terms::{Role, Service, TokenKind, Validation};

/// Returns the traits of a system that the target describes.
pub(in crate::diagnose) fn topology(target: &Target) -> Topology {
    Topology::of(&Declared {
        validation: match target.validation {
            // Without an auth service, the backend asks nobody.
            Validation::Unknown if !target.has_auth_service() => Validation::Local,
            declared => declared,
        },
        algorithm: target.algorithm,
        has_key_set: target.jwks.is_some(),
        has_auth_service: target.has_auth_service(),
        startup_check: target.startup_check,
        endpoints: target.endpoints.values().map(|endpoint| endpoint.validation).collect(),
    })
}

/// Returns the traits of a system that the target describes and that gave this evidence.
pub(in crate::diagnose) fn topology_seeing(evidence: &Evidence, target: &Target) -> Topology {
    topology(target).seeing(&evidence.seen()).with_a_checking_edge(evidence.edge_checks())
}

/// Returns the request of a probe. `None`: the endpoint takes no part in the diagnosis.
pub(super) fn request(key: &ProbeKey, target: &Target, endpoint: &Endpoint, at: usize, user: &str) -> Option<Request> {
    let takes_token = !endpoint.token_locations.is_empty();
    let role = match (endpoint.role, endpoint.service) {
        // A direct copy has the role `open`, and is of a protected call or of the health check.
        (Role::Open, _) if endpoint.past_edge && !takes_token => Role::Health,
        (Role::Open, Service::Backend) if takes_token => Role::Protected,
        (Role::Open | Role::Logout, _) | (Role::Introspection | Role::SelfCheck, Service::Backend) => return None,
        (Role::Protected | Role::Optional, Service::Auth) => Role::Introspection,
        (role, _) => role,
    };
    Some(Request {
        endpoint: at,
        to: endpoint.service,
        past_edge: endpoint.past_edge,
        role,
        kind: endpoint.kind,
        token: if takes_token { signed(key.token, target.logs_in()) } else { TokenKind::None },
        location: key.token_location,
        caller: endpoint.takes_caller.then_some(key.caller),
        has_body: endpoint.body.is_some(),
        sends_messages: endpoint.kind.is_upgrade() && !endpoint.send.is_empty(),
        has_query: endpoint.query.iter().any(|(_, value)| !value.contains("{token}")),
        from_cache: false,
        same_user: key.user == user,
        // A token of a login is its user's own.
        of_any_subject: key.token.may_name_another_subject(),
    })
}

/// Returns the kind of a token by its signer: without a signing key, the auth service signs the valid ones.
const fn signed(token: TokenKind, logs_in: bool) -> TokenKind {
    match token {
        TokenKind::Valid if logs_in => TokenKind::Issued,
        token => token,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::{key, staging};

    #[rstest]
    #[case("backend.health@direct", Role::Health)]
    #[case("backend.chat-messages@direct", Role::Protected)]
    fn a_direct_copy_counts_like_the_call_it_copies(#[case] id: &str, #[case] role: Role) {
        let mut target = staging();
        target.add_direct_endpoints();
        let key = ProbeKey { endpoint: id.to_owned(), ..key("backend.health", TokenKind::Valid) };
        let request = request(&key, &target, &target.endpoints[id], 0, &key.user).expect("it takes part");
        assert_eq!((request.role, request.past_edge), (role, true));
    }
}
