//! Why a socket is refused, in the words of the recorded error frame.

use super::super::auth_client::Refused;

/// A refusal and what of the token may be told: its length and its dots.
pub(in crate::backend) enum SocketRefusal {
    NoToken,
    InvalidFormat { length: usize, dots: usize },
    NotValidated { refused: Refused, length: usize, dots: usize },
}

impl SocketRefusal {
    pub(super) fn invalid_format(token: &str) -> Self {
        Self::InvalidFormat { length: token.len(), dots: dots(token) }
    }

    pub(super) fn not_validated(refused: Refused, token: &str) -> Self {
        Self::NotValidated { refused, length: token.len(), dots: dots(token) }
    }

    /// The frame's `error_code`.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::NoToken => "NO_TOKEN",
            Self::InvalidFormat { .. } => "INVALID_FORMAT",
            Self::NotValidated { .. } => "VALIDATION_FAILED",
        }
    }

    /// The frame's `error_message`.
    pub(super) fn message(&self) -> String {
        match self {
            Self::NoToken => "No JWT token found in WebSocket headers or subprotocols".to_owned(),
            Self::InvalidFormat { length, dots } => format!("Invalid token format: {length} chars, {dots} dots"),
            Self::NotValidated { refused, length, dots } => {
                format!("{} | Debug: {length} chars, {dots} dots", error_text(*refused))
            }
        }
    }

    /// The same after the backend's redaction filter, for its log.
    pub(super) fn redacted_message(&self) -> String {
        match self {
            Self::NoToken => "No JWT=REDACTED in WebSocket headers or subprotocols".to_owned(),
            Self::InvalidFormat { length, dots } => format!("Invalid token=REDACTED {length} chars, {dots} dots"),
            Self::NotValidated { .. } => self.message().replace("Token validation", "Token=REDACTED"),
        }
    }
}

/// The auth client's `error`, which HTTP hides.
pub(super) const fn error_text(refused: Refused) -> &'static str {
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
