//! A probe as the catalogue sees it: the kind of endpoint and the credentials, without the target's own names.

use crate::config::Endpoint;
use crate::probe::ProbeKey;
use crate::terms::{Caller, EndpointKind, Role, Service, TokenKind, TokenLocation};

/// A kind of endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    BackendHealth,
    AuthHealth,
    /// An endpoint of the backend that must refuse requests without a valid token.
    Protected,
    /// [`Self::BackendHealth`] directly at the backend.
    DirectHealth,
    /// [`Self::Protected`] directly at the backend.
    Direct,
    /// An endpoint of the auth service that validates a token.
    Introspection,
    /// An endpoint of the auth service that issues a token.
    Issuer,
    /// An endpoint of the auth service that reports whether its dependencies are configured.
    SelfCheck,
}

/// What a probe calls, and with which credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ProbeClass {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    pub(crate) token: TokenKind,
    pub(crate) token_location: TokenLocation,
    /// The service credentials that are shown. `None`: the endpoint takes none.
    pub(crate) caller: Option<Caller>,
    /// Whether the token is for the user of the failure.
    pub(crate) same_user: bool,
    /// Whether sign-in is optional: a request without a token is served anonymously.
    pub(crate) optional: bool,
}

/// An [`EndpointKind`] that has an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Http,
    Sse,
    Websocket,
}

impl ProbeClass {
    /// Returns the class of a probe, or `None` for an endpoint that takes no part in the diagnosis.
    pub(crate) fn of(key: &ProbeKey, endpoint: &Endpoint, user: &str) -> Option<Self> {
        Some(Self {
            place: place(endpoint)?,
            kind: kind(endpoint.kind),
            token: if endpoint.token_locations.is_empty() { TokenKind::None } else { key.token },
            token_location: key.token_location,
            caller: endpoint.takes_caller.then_some(key.caller),
            same_user: key.user == user,
            optional: endpoint.role == Role::Optional,
        })
    }

    /// Reports whether the call reaches the backend.
    pub(crate) const fn goes_through_the_backend(&self) -> bool {
        matches!(self.place, Place::BackendHealth | Place::Protected | Place::DirectHealth | Place::Direct)
    }

    /// Reports whether the call goes directly to the backend, around the edge.
    pub(crate) const fn is_direct(&self) -> bool {
        matches!(self.place, Place::DirectHealth | Place::Direct)
    }

    /// Reports whether two classes differ only in the endpoint.
    pub(crate) fn asks_like(&self, other: &Self) -> bool {
        let asked = |class: &Self| (class.place, class.token, class.token_location, class.caller, class.same_user);
        asked(self) == asked(other)
    }
}

fn place(endpoint: &Endpoint) -> Option<Place> {
    if endpoint.past_edge {
        return Some(if endpoint.token_locations.is_empty() { Place::DirectHealth } else { Place::Direct });
    }
    match (endpoint.role, endpoint.service) {
        (Role::Health, Service::Backend) => Some(Place::BackendHealth),
        (Role::Health, Service::Auth) => Some(Place::AuthHealth),
        (Role::Protected, Service::Backend) => Some(Place::Protected),
        (Role::Open, Service::Backend) if !endpoint.token_locations.is_empty() => Some(Place::Protected),
        // There, a valid token that is served anonymously counts as refused: see `observe`.
        (Role::Optional, Service::Backend) => Some(Place::Protected),
        (Role::SelfCheck, Service::Auth) => Some(Place::SelfCheck),
        (Role::Introspection, Service::Auth) => Some(Place::Introspection),
        (Role::Issuer, _) => Some(Place::Issuer),
        _ => None,
    }
}

const fn kind(kind: EndpointKind) -> Kind {
    match kind {
        EndpointKind::Http => Kind::Http,
        EndpointKind::Sse => Kind::Sse,
        EndpointKind::Websocket => Kind::Websocket,
    }
}
