//! The ways to verify a token.

/// How a token is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Validation {
    /// The backend asks the auth service about every token. `auth-service` is the old name.
    #[serde(alias = "auth-service")]
    Introspection,
    /// The backend verifies the signature with keys that it fetches from the auth service.
    Jwks,
    /// The backend verifies the signature with a key that it was given.
    SharedKey,
    /// The backend verifies the signature itself, and then asks the auth service.
    LocalThenIntrospection,
    /// The backend verifies the signature itself. Which key it has is not known.
    Local,
    /// The edge verifies the token, and the backend trusts the edge.
    Edge,
    /// The backend looks the token up among its own sessions.
    Session,
    /// The operator does not know.
    Unknown,
}

impl Validation {
    /// Reports whether the lists of a fault mode that holds for `other` hold here as well. They distinguish only
    /// introspection, verification by the backend itself, and the unknown.
    #[must_use]
    pub const fn is_like(self, other: Self) -> bool {
        self.kind() == other.kind()
    }

    const fn kind(self) -> u8 {
        match self {
            Self::Introspection => 0,
            Self::Jwks | Self::SharedKey | Self::Local => 1,
            Self::LocalThenIntrospection | Self::Edge | Self::Session | Self::Unknown => 2,
        }
    }
}
