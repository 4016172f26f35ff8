//! Why a token is refused, and the lines that the real service logs for it.

use crate::logs::Severity;

/// The first check that a token failed.
pub(crate) enum Refusal {
    MockPrefix,
    /// The token was logged out.
    Blacklisted,
    /// The token's user was deleted.
    AccountGone,
    Segments(usize),
    EmptySegment(usize),
    Unreadable,
    Algorithm(String),
    Signature,
    /// A claim that the JWT library demands is absent: `exp`, `iat` or `sub`.
    Lacks(&'static str),
    Expired,
    /// `iat` or `nbf` is in the future; there is no leeway.
    NotYetValid(&'static str),
    WrongType,
    /// A claim that the service demands is absent: `iss` or `jti`.
    MissingClaim(&'static str),
    Issuer(String),
    TooOld,
    Audience(String),
}

impl Refusal {
    /// Returns the reason in lower case, for the plain log lines.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::MockPrefix => "mock token outside a test environment".to_owned(),
            Self::Blacklisted => "token is blacklisted".to_owned(),
            Self::AccountGone => "user is blacklisted".to_owned(),
            Self::Segments(n) => format!("expected 3 segments, got {n}"),
            Self::EmptySegment(n) => format!("segment {n} is empty"),
            Self::Unreadable => "header or payload is not JSON".to_owned(),
            Self::Algorithm(name) => format!("insecure algorithm {name}"),
            Self::Signature => "signature verification failed".to_owned(),
            Self::Lacks(claim) | Self::MissingClaim(claim) => format!("missing claim {claim}"),
            Self::Expired => "token expired".to_owned(),
            Self::NotYetValid(claim) => format!("not yet valid ({claim})"),
            Self::WrongType => "token_type is not access".to_owned(),
            Self::Issuer(name) => format!("invalid issuer {name}"),
            Self::TooOld => "issued more than 24 hours ago".to_owned(),
            Self::Audience(name) => format!("invalid audience {name}"),
        }
    }

    /// Returns the lines of the real service's JWT handler, in order.
    pub(crate) fn recorded(&self) -> Vec<(Severity, String)> {
        let text = match self {
            Self::MockPrefix => "Mock token detected in JWT validation".to_owned(),
            Self::Blacklisted => "Token is blacklisted".to_owned(),
            Self::AccountGone => "User is blacklisted".to_owned(),
            Self::Segments(n) => format!("Invalid token format: expected 3 segments, got {n}"),
            Self::EmptySegment(n) => format!("JWT part {n} is empty"),
            Self::Unreadable => "JWT header or payload contains invalid JSON".to_owned(),
            Self::Algorithm(name) => format!("Insecure JWT algorithm: {name}"),
            Self::Signature => "Invalid token: Signature verification failed".to_owned(),
            Self::Lacks(claim) => format!("Invalid token: Token is missing the \"{claim}\" claim"),
            Self::Expired => "Token expired".to_owned(),
            Self::NotYetValid(claim) => format!("Invalid token: The token is not yet valid ({claim})"),
            Self::WrongType => "Invalid token type: expected access".to_owned(),
            Self::MissingClaim(claim) => format!("Missing required claim: {claim}"),
            Self::Issuer(name) => format!("Invalid issuer: {name}"),
            Self::TooOld => "Token too old".to_owned(),
            Self::Audience(_) => "Enhanced JWT claims validation failed".to_owned(),
        };
        let first = (self.severity(), text);
        std::iter::once(first).chain(self.afterword()).collect()
    }

    fn severity(&self) -> Severity {
        match self {
            Self::Expired => Severity::Info,
            Self::MockPrefix => Severity::Error,
            _ => Severity::Warning,
        }
    }

    /// Returns the second line that the real handler adds to some refusals.
    fn afterword(&self) -> Option<(Severity, String)> {
        let text = match self {
            Self::EmptySegment(_) | Self::Unreadable | Self::Algorithm(_) => "Token failed security validation",
            Self::MissingClaim(_) | Self::Issuer(_) | Self::TooOld => "Token claims validation failed",
            _ => return None,
        };
        Some((Severity::Warning, text.to_owned()))
    }
}
