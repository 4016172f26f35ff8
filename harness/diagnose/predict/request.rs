//! What travels: a request with its credential.

use crate::config::Endpoint;
use crate::probe::ProbeKey;
use crate::terms::{Caller, EndpointKind, Role, Service, TokenKind, TokenLocation};

/// A request, as the model sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::diagnose) struct Request {
    /// The place of its endpoint among those of the case.
    pub(in crate::diagnose) endpoint: usize,
    pub(in crate::diagnose) to: Service,
    /// Whether it goes around the edge.
    pub(in crate::diagnose) past_edge: bool,
    pub(in crate::diagnose) role: Role,
    pub(in crate::diagnose) kind: EndpointKind,
    pub(in crate::diagnose) token: TokenKind,
    pub(in crate::diagnose) location: TokenLocation,
    /// The service credentials. `None`: the endpoint takes none.
    pub(in crate::diagnose) caller: Option<Caller>,
    /// Whether it has a body.
    pub(in crate::diagnose) has_body: bool,
    /// Whether it is for the user of the failure.
    pub(in crate::diagnose) same_user: bool,
}

impl Request {
    /// Returns the request of a probe. `None`: the endpoint takes no part in the diagnosis.
    pub(in crate::diagnose) fn of(key: &ProbeKey, endpoint: &Endpoint, at: usize, user: &str) -> Option<Self> {
        let takes_token = !endpoint.token_locations.is_empty();
        let role = match (endpoint.role, endpoint.service) {
            (Role::Open, Service::Backend) if takes_token => Role::Protected,
            (Role::Open | Role::Logout, _)
            | (Role::Introspection | Role::Issuer | Role::SelfCheck, Service::Backend) => return None,
            (Role::Protected | Role::Optional, Service::Auth) => Role::Introspection,
            (role, _) => role,
        };
        Some(Self {
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

    pub(in crate::diagnose) const fn is_socket(&self) -> bool {
        self.kind.is_upgrade()
    }

    pub(in crate::diagnose) const fn is_health(&self) -> bool {
        matches!(self.role, Role::Health | Role::SelfCheck)
    }

    /// Reports whether it must work in a healthy system.
    pub(in crate::diagnose) const fn must_work(&self) -> bool {
        let caller_is_good = matches!(self.caller, None | Some(Caller::Right));
        match self.role {
            Role::Health | Role::SelfCheck | Role::Issuer => true,
            Role::Introspection => self.token.should_be_accepted() && caller_is_good,
            _ => self.token.should_be_accepted(),
        }
    }
}

/// Who holds a key. Two parties with different keys do not accept each other's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnose) enum Key {
    /// The key of a healthy system.
    Shared,
    Client,
    Backend,
    Auth,
    Published,
    Forged,
}

/// Whose idea of the claims a token follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnose) enum Claims {
    Agreed,
    Client,
    /// Those of an auth service that issues others than the backend expects.
    Auth,
    Wrong,
}

/// When a token is valid, by a right clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnose) enum Time {
    Now,
    Past,
    Future,
    /// By the clock of the auth service, which is not right.
    AheadOfIssuer,
}

/// The credential of a request while it travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnose) struct Credential {
    pub(in crate::diagnose) present: bool,
    pub(in crate::diagnose) parses: bool,
    pub(in crate::diagnose) key: Key,
    pub(in crate::diagnose) time: Time,
    pub(in crate::diagnose) claims: Claims,
    pub(in crate::diagnose) user_exists: bool,
    pub(in crate::diagnose) revoked: bool,
}
