//! The names under which a service may find the signing secret.

use std::fmt;
use std::str::FromStr;

/// A variable that holds the signing secret. Versions of the services read different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JwtVariable {
    /// `JWT_SECRET_STAGING`.
    Staging,
    /// `JWT_SECRET_KEY`.
    Key,
    /// `JWT_SECRET`.
    Plain,
}

impl JwtVariable {
    /// Every name, in the order in which a service looks for them.
    pub const ALL: &'static [Self] = &[Self::Staging, Self::Key, Self::Plain];

    /// Returns the name of the variable.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Staging => "JWT_SECRET_STAGING",
            Self::Key => "JWT_SECRET_KEY",
            Self::Plain => "JWT_SECRET",
        }
    }
}

impl fmt::Display for JwtVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The error for an unknown variable; its message lists the known ones.
#[derive(Debug, thiserror::Error)]
#[error("unknown variable `{0}`; known: JWT_SECRET_STAGING, JWT_SECRET_KEY, JWT_SECRET")]
pub struct UnknownJwtVariable(String);

impl FromStr for JwtVariable {
    type Err = UnknownJwtVariable;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().find(|known| known.id() == name).copied().ok_or_else(|| UnknownJwtVariable(name.to_owned()))
    }
}
