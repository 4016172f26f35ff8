//! The words for what a probe shows: its token, where the token stands, and the service credentials.

use crate::terms::{Caller, TokenKind, TokenLocation};

/// Returns where the token stands in the request.
pub(crate) const fn token_location(token_location: TokenLocation) -> &'static str {
    match token_location {
        TokenLocation::Header => "in the header",
        TokenLocation::Subprotocol => "in the WebSocket subprotocol",
        TokenLocation::Query => "in the URL",
        TokenLocation::Body => "in the body",
        TokenLocation::Cookie => "in a cookie",
    }
}

/// Returns which service credentials a call shows. `None`: the endpoint takes no service credentials.
pub(crate) const fn caller(caller: Option<Caller>) -> &'static str {
    match caller {
        None => "where no service credentials are needed",
        Some(Caller::None) => "without service credentials",
        Some(Caller::Right) => "with the right service credentials",
        Some(Caller::WrongSecret) => "with a wrong service secret",
        Some(Caller::WrongId) => "with an unknown service id",
        Some(Caller::IdOnly) => "with a service id and no secret",
    }
}

/// Returns the token that a call shows: `a valid token`.
pub(crate) const fn token(token: TokenKind) -> &'static str {
    match token {
        TokenKind::Valid => "a valid token",
        TokenKind::None => "no token",
        TokenKind::Malformed => "a malformed token",
        TokenKind::Expired => "an expired token",
        TokenKind::NotYetValid => "a token that is not yet valid",
        TokenKind::WrongKey => "a token signed with an unknown key",
        TokenKind::AlgNone => "an unsigned token",
        TokenKind::WrongIssuer => "a token from another issuer",
        TokenKind::WrongAudience => "a token for another audience",
        TokenKind::UnknownUser => "a token for an unknown user",
        TokenKind::Revoked => "a revoked token",
        TokenKind::Issued => "a token that the auth service issued",
    }
}

/// Returns the token that a call shows, after a verb: `with a valid token`, `without a token`.
pub(crate) fn with_token(kind: TokenKind) -> String {
    match kind {
        TokenKind::None => "without a token".to_owned(),
        sent => format!("with {}", token(sent)),
    }
}
