//! What travels: a request with its credential.

use crate::terms::{Caller, EndpointKind, Role, Service, TokenKind, TokenLocation};

/// A request, as the model sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request {
    /// The place of its endpoint among those of the case.
    pub endpoint: usize,
    /// The service that is called.
    pub to: Service,
    /// Whether it goes around the edge.
    pub past_edge: bool,
    /// The role of its endpoint.
    pub role: Role,
    /// The protocol of its endpoint.
    pub kind: EndpointKind,
    /// The user's credential.
    pub token: TokenKind,
    /// The place of that credential.
    pub location: TokenLocation,
    /// The service credentials. `None`: the endpoint takes none.
    pub caller: Option<Caller>,
    /// Whether it has a body.
    pub has_body: bool,
    /// Whether it is a socket on which we send messages.
    pub sends_messages: bool,
    /// Whether its URL has a query of more than the token.
    pub has_query: bool,
    /// Whether its response says that a cache kept it from another request.
    pub from_cache: bool,
    /// Whether it is for the user of the failure.
    pub same_user: bool,
    /// Whether its token may name another subject than its user.
    pub of_any_subject: bool,
}

impl Request {
    /// Reports whether it asks for a socket.
    #[must_use]
    pub const fn is_socket(&self) -> bool {
        self.kind.is_upgrade()
    }

    pub(crate) const fn is_health(&self) -> bool {
        matches!(self.role, Role::Health | Role::SelfCheck)
    }

    /// Reports whether it asks for a session or a token.
    pub(crate) const fn is_login(&self) -> bool {
        matches!(self.role, Role::Issuer)
    }

    /// Reports whether it must work in a healthy system.
    #[must_use]
    pub const fn must_work(&self) -> bool {
        let caller_is_good = matches!(self.caller, None | Some(Caller::Right));
        match self.role {
            Role::Health | Role::SelfCheck | Role::Issuer => true,
            Role::Introspection => self.token.should_be_accepted() && caller_is_good,
            _ => self.token.should_be_accepted(),
        }
    }
}

#[cfg(test)]
impl Request {
    /// A call of a protected endpoint with a token in the header.
    pub(crate) const fn to_a_protected_endpoint(token: TokenKind) -> Self {
        Self {
            endpoint: 0,
            to: Service::Backend,
            past_edge: false,
            role: Role::Protected,
            kind: EndpointKind::Http,
            token,
            location: TokenLocation::Header,
            caller: None,
            has_body: false,
            sends_messages: false,
            has_query: false,
            from_cache: false,
            of_any_subject: token.may_name_another_subject(),
            same_user: true,
        }
    }
}

/// Who holds a key. Two parties with different keys do not accept each other's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
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
pub(crate) enum Claims {
    Agreed,
    Client,
    /// Those of an auth service that issues others than the backend expects.
    Auth,
    Wrong,
}

/// When a token is valid, by a right clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    Now,
    Past,
    Future,
    /// By the clock of the auth service, which is not right.
    AheadOfIssuer,
}

/// The credential of a request while it travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) present: bool,
    pub(crate) parses: bool,
    pub(crate) key: Key,
    pub(crate) time: Time,
    pub(crate) claims: Claims,
    pub(crate) user_exists: bool,
    pub(crate) revoked: bool,
}
