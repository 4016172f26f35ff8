//! A probe as the catalogue sees it: what kind of place is asked, with what, whatever the target calls it. Sits in `diagnose`.

use crate::config::Endpoint;
use crate::probe::ProbeKey;
use crate::terms::{Caller, EndpointKind, Role, Service, TokenKind, TokenLocation};

/// A kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Place {
    BackendHealth,
    AuthHealth,
    /// An endpoint of the backend that must refuse whoever is not signed in.
    Protected,
    /// The same two, past the edge.
    DirectHealth,
    Direct,
    /// An endpoint of the auth service that judges a token.
    Introspection,
    /// An endpoint of the auth service that mints one.
    Issuer,
    /// An endpoint of the auth service that says whether something it depends on is configured.
    SelfCheck,
}

/// What is asked, and with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) place: Place,
    pub(super) kind: Kind,
    pub(super) token: TokenKind,
    pub(super) token_location: TokenLocation,
    /// Who we say we are; nothing on endpoints that take no caller.
    pub(super) caller: Option<Caller>,
    /// Whether the token speaks for the user of the failure.
    pub(super) same_user: bool,
    /// Whether whoever does not sign in is served as nobody.
    pub(super) optional: bool,
}

/// [`EndpointKind`] with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Http,
    Sse,
    Websocket,
}

impl Cell {
    /// The cell of a probe; nothing for endpoints that take no part in the diagnosis.
    pub(super) fn of(key: &ProbeKey, endpoint: &Endpoint, user: &str) -> Option<Self> {
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

    /// Whether it takes the whole way in.
    pub(super) const fn goes_through_the_backend(&self) -> bool {
        matches!(self.place, Place::BackendHealth | Place::Protected | Place::DirectHealth | Place::Direct)
    }

    /// Whether it goes by another way than the edge.
    pub(super) const fn is_past_the_edge(&self) -> bool {
        matches!(self.place, Place::DirectHealth | Place::Direct)
    }

    /// Whether two cells ask the same but for the endpoint.
    pub(super) fn asks_like(&self, other: &Self) -> bool {
        let asked = |cell: &Self| (cell.place, cell.token, cell.token_location, cell.caller, cell.same_user);
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
        // Served as nobody counts as refused there, see `observe`.
        (Role::Optional, Service::Backend) => Some(Place::Protected),
        (Role::SelfCheck, Service::Auth) => Some(Place::SelfCheck),
        (Role::Introspection, Service::Auth) => Some(Place::Introspection),
        (Role::Issuer, Service::Auth) => Some(Place::Issuer),
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
