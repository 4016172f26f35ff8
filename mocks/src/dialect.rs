//! The ways in which the same system answers. The causes behind an answer never depend on the dialect; only the code that
//! phrases it does: `auth/phrasing`, `backend/phrasing` and `edge/phrasing.rs`.

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
    /// FastAPI 0.122 and later: 401 with a challenge (RFC 6750) and problem details (RFC 9457), upgrades included.
    Modern,
    /// The statuses of `documented`, and nothing else: one body for every failure, no header that names anybody.
    Opaque,
}

impl Dialect {
    /// Every dialect, in the order of the documentation.
    pub const ALL: &'static [Self] = &[Self::Documented, Self::Observed, Self::Modern, Self::Opaque];

    /// The name used on the command line and in reports, lower-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Modern => "modern",
            Self::Opaque => "opaque",
        }
    }

    /// Whether logs hold the recorded lines, with their redaction (contract 7.3), rather than plain ones.
    pub(crate) const fn logs_as_recorded(self) -> bool {
        matches!(self, Self::Observed)
    }

    /// Whether headers give away who answers.
    pub(crate) const fn names_servers(self) -> bool {
        !matches!(self, Self::Opaque)
    }
}

/// All that `opaque` says of any failure, as JSON.
pub(crate) const SAYS_NOTHING: &str = r#"{"error":"request failed"}"#;

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// A dialect that does not exist; the message lists those that do.
#[derive(Debug, thiserror::Error)]
#[error("unknown dialect `{name}`; known: {known}", known = known_ids())]
pub struct UnknownDialect {
    name: String,
}

fn known_ids() -> String {
    let ids: Vec<_> = Dialect::ALL.iter().map(|dialect| dialect.id()).collect();
    ids.join(", ")
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|dialect| dialect.id() == name);
        known.copied().ok_or_else(|| UnknownDialect { name: name.to_owned() })
    }
}
