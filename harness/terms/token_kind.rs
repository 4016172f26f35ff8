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

    /// Reports whether the auth service mints this token, so that the target's issuer endpoint must be called first.
    #[must_use]
    pub const fn is_minted_by_auth_service(self) -> bool {
        match self {
            Self::Revoked | Self::Issued => true,
            Self::Valid
            | Self::None
            | Self::Malformed
            | Self::Expired
            | Self::NotYetValid
            | Self::WrongKey
            | Self::AlgNone
            | Self::WrongIssuer
            | Self::WrongAudience
            | Self::UnknownUser => false,
        }
    }

    /// Reports whether the token is logged out before it is presented: the target's logout endpoint must be called first.
    #[must_use]
    pub const fn is_logged_out(self) -> bool {
        match self {
            Self::Revoked => true,
            Self::Valid
            | Self::None
            | Self::Malformed
            | Self::Expired
            | Self::NotYetValid
            | Self::WrongKey
            | Self::AlgNone
            | Self::WrongIssuer
            | Self::WrongAudience
            | Self::UnknownUser
            | Self::Issued => false,
        }
    }

    /// Reports whether the token may name another subject than the `sub` that the target gives for the user.
    ///
    /// The auth service may name the user in another way in the tokens that it mints. `revoked` counts as `false`: only its
    /// refusal matters.
    #[must_use]
    pub const fn may_name_another_subject(self) -> bool {
        match self {
            Self::UnknownUser | Self::Issued => true,
            Self::Valid
            | Self::None
            | Self::Malformed
            | Self::Expired
            | Self::NotYetValid
            | Self::WrongKey
            | Self::AlgNone
            | Self::WrongIssuer
            | Self::WrongAudience
            | Self::Revoked => false,
        }
    }
}
