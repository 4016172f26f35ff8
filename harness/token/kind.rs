//! The kinds of token a probe can present. Sits in `token`; named in scenarios, in the catalogue and in every exchange.

use serde::{Deserialize, Serialize};

/// What is presented as the user's credential. Every kind but `none` and `malformed` is a well-formed JWT with a fresh `jti`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// Signed with the target's secret, all claims in order.
    Valid,
    /// No credential at all.
    None,
    /// Three dots short of a JWT: a string no verifier can parse.
    Malformed,
    /// `exp` an hour ago.
    Expired,
    /// `nbf` and `iat` an hour ahead.
    NotYetValid,
    /// Well-formed, signed with a key nobody else holds: the differential token.
    WrongKey,
    /// `"alg":"none"`, empty signature.
    AlgNone,
    /// Right key, another `iss`.
    WrongIssuer,
    /// Right key, another `aud`.
    WrongAudience,
    /// Right key, a `sub` that does not exist.
    UnknownUser,
    /// A token that was logged out before it is used. Needs a logout surface.
    Revoked,
    /// Minted by the auth service itself, by the target's issuer surface: tells our secret from theirs.
    Issued,
}

impl TokenKind {
    /// Whether a system in order must let this token in.
    #[must_use]
    pub const fn should_be_accepted(self) -> bool {
        matches!(self, Self::Valid | Self::Issued)
    }

    /// Whether a credential is sent at all.
    #[must_use]
    pub const fn is_sent(self) -> bool {
        !matches!(self, Self::None)
    }

    /// The word used in scenarios, reports and the catalogue.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::None => "none",
            Self::Malformed => "malformed",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::WrongKey => "wrong-key",
            Self::AlgNone => "alg-none",
            Self::WrongIssuer => "wrong-issuer",
            Self::WrongAudience => "wrong-audience",
            Self::UnknownUser => "unknown-user",
            Self::Revoked => "revoked",
            Self::Issued => "issued",
        }
    }
}

impl std::fmt::Display for TokenKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
