//! The two ways in which the same system answers: what the incidents document, and what was recorded.
//!
//! The causes behind an answer never depend on the dialect; only the code that phrases it does.

use std::fmt;
use std::str::FromStr;

/// How the services of the twin phrase what they decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// As the incident reports tell it: statuses carry the decision (401 for no credential, 403 for a refused one).
    #[default]
    Documented,
    /// As recorded from the real services (`captures/services`): 200 with `valid:false`, one 401 body for everything.
    Observed,
}

impl Dialect {
    /// Every dialect, in the order of the documentation.
    pub const ALL: &'static [Self] = &[Self::Documented, Self::Observed];

    /// The name used on the command line and in reports, lower-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
        }
    }

    /// True for the recorded dialect.
    pub(crate) const fn is_observed(self) -> bool {
        matches!(self, Self::Observed)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// A dialect that does not exist; the message lists those that do.
#[derive(Debug, thiserror::Error)]
#[error("unknown dialect `{0}`; known: documented, observed")]
pub struct UnknownDialect(String);

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|dialect| dialect.id() == name);
        known.copied().ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}
