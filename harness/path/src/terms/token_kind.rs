//! The kinds of token that a probe can present.

use crate::words;

words! {
    /// What a request presents as the user's credential. Every kind except `none`, `malformed`, `issued` and `revoked`
    /// is a JWT that we mint with a fresh `jti`.
    #[derive(clap::ValueEnum)]
    pub enum TokenKind {
        /// Signed with the target's key. All claims are correct.
        Valid => "valid",
        /// No credential at all.
        None => "none",
        /// A string without a dot, which no verifier can parse as a JWT.
        Malformed => "malformed",
        /// Expired an hour ago (`exp`).
        Expired => "expired",
        /// Valid only in an hour (`nbf` and `iat`).
        NotYetValid => "not-yet-valid",
        /// Correct claims, signed with a random key. A system that treats it like `valid` does not check signatures.
        WrongKey => "wrong-key",
        /// `"alg":"none"` with an empty signature (RFC 7519, section 6).
        AlgNone => "alg-none",
        /// The right key and a wrong `iss`.
        WrongIssuer => "wrong-issuer",
        /// The right key and a wrong `aud`.
        WrongAudience => "wrong-audience",
        /// The right key and a `sub` that does not exist.
        UnknownUser => "unknown-user",
        /// A token whose session was ended before it is used. Needs an endpoint of the role `logout`.
        Revoked => "revoked",
        /// Minted by the auth service, through the target's issuer endpoint. Shows whether our signing key is the right
        /// one.
        Issued => "issued",
    }
}

impl TokenKind {
    /// Reports whether a healthy system must accept this token.
    #[must_use]
    pub const fn should_be_accepted(self) -> bool {
        matches!(self, Self::Valid | Self::Issued)
    }

    /// Reports whether a credential is sent.
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

    /// Reports whether only the holder of the signing key can make this token.
    #[must_use]
    pub const fn needs_signing_key(self) -> bool {
        match self {
            Self::Expired | Self::NotYetValid | Self::WrongIssuer | Self::WrongAudience | Self::UnknownUser => true,
            Self::Valid
            | Self::None
            | Self::Malformed
            | Self::WrongKey
            | Self::AlgNone
            | Self::Revoked
            | Self::Issued => false,
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
