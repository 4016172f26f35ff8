//! The kinds of token that a probe can present.

use super::words;

words! {
    /// What is presented as the user's credential. Every kind but `none` and `malformed` is a well-formed JWT with a fresh `jti`.
    #[derive(clap::ValueEnum)]
    pub enum TokenKind {
        /// Signed with the target's secret, all claims in order.
        Valid => "valid",
        /// No credential at all.
        None => "none",
        /// Three dots short of a JWT: a string no verifier can parse.
        Malformed => "malformed",
        /// `exp` an hour ago.
        Expired => "expired",
        /// `nbf` and `iat` an hour ahead.
        NotYetValid => "not-yet-valid",
        /// Well-formed, signed with a key nobody else holds: the differential token.
        WrongKey => "wrong-key",
        /// `"alg":"none"`, empty signature.
        AlgNone => "alg-none",
        /// Right key, another `iss`.
        WrongIssuer => "wrong-issuer",
        /// Right key, another `aud`.
        WrongAudience => "wrong-audience",
        /// Right key, a `sub` that does not exist.
        UnknownUser => "unknown-user",
        /// A token that was logged out before it is used. Needs a logout endpoint.
        Revoked => "revoked",
        /// Minted by the auth service itself, by the target's issuer endpoint: tells our secret from theirs.
        Issued => "issued",
    }
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
}
