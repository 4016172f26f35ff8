//! Why a WebSocket is refused, in the words of the real backend's error frame.

use crate::backend::auth_client::Refused;
use crate::backend::error::Unauthenticated;

/// A refusal. Of the token it knows the length and the number of dots.
pub(crate) enum SocketRefusal {
    NoToken,
    InvalidFormat { length: usize, dots: usize },
    NotValidated { refused: Refused, length: usize, dots: usize },
}

impl SocketRefusal {
    /// Refuses a token without three parts.
    pub(crate) fn invalid_format(token: &str) -> Self {
        Self::InvalidFormat { length: token.len(), dots: dots(token) }
    }

    /// Refuses a token that was not validated.
    pub(crate) fn not_validated(refused: Refused, token: &str) -> Self {
        Self::NotValidated { refused, length: token.len(), dots: dots(token) }
    }

    /// Returns why the credential is refused.
    pub(crate) const fn credential(&self) -> Unauthenticated {
        match self {
            Self::NoToken => Unauthenticated::NoBearer,
            Self::InvalidFormat { .. } | Self::NotValidated { .. } => Unauthenticated::NotValidated,
        }
    }

    /// Returns the frame's `error_code`.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NoToken => "NO_TOKEN",
            Self::InvalidFormat { .. } => "INVALID_FORMAT",
            Self::NotValidated { .. } => "VALIDATION_FAILED",
        }
    }

    /// Returns the frame's `error_message`.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::NoToken => "No JWT token found in WebSocket headers or subprotocols".to_owned(),
            Self::InvalidFormat { length, dots } => format!("Invalid token format: {length} chars, {dots} dots"),
            Self::NotValidated { refused, length, dots } => {
                format!("{} | Debug: {length} chars, {dots} dots", error_text(*refused))
            }
        }
    }

    /// Returns the message as the real backend's log filter leaves it.
    pub(crate) fn redacted_message(&self) -> String {
        match self {
            Self::NoToken => "No JWT=REDACTED in WebSocket headers or subprotocols".to_owned(),
            Self::InvalidFormat { length, dots } => format!("Invalid token=REDACTED {length} chars, {dots} dots"),
            Self::NotValidated { .. } => self.message().replace("Token validation", "Token=REDACTED"),
        }
    }
}

/// Returns the auth client's `error`, which HTTP responses hide.
pub(crate) const fn error_text(refused: Refused) -> &'static str {
    match refused {
        Refused::NotValid => "Token validation failed",
        Refused::Rejected => "token_rejected",
        Refused::Unreachable => "auth_service_unreachable",
        Refused::Disabled => "auth_service_disabled",
    }
}

fn dots(token: &str) -> usize {
    token.matches('.').count()
}
