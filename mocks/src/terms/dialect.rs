//! The wire formats in which the services phrase their answers.
//!
//! What the services decide depends little on the dialect; `auth/http/phrasing.rs`, `backend/error/phrasing.rs` and
//! `edge/phrasing.rs` turn a decision into the bytes of one dialect.

use std::fmt;
use std::str::FromStr;

/// The wire format in which the twin's services answer: statuses, bodies, headers and log lines.
///
/// ```
/// use fivewhys_mocks::Dialect;
///
/// assert_eq!("observed".parse::<Dialect>()?, Dialect::Observed);
/// assert_eq!(Dialect::default().id(), "documented");
/// # Ok::<(), fivewhys_mocks::UnknownDialect>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Statuses carry the decision: 401 for a missing credential, 403 for a refused one.
    #[default]
    Documented,
    /// The format recorded from the real services. The auth service refuses with 200 and `valid: false`; the backend
    /// answers 403 to a missing credential and 401 to a refused one.
    Observed,
    /// The format of FastAPI 0.122 and later: 401 with a challenge (RFC 6750) and problem details (RFC 9457), also for
    /// WebSocket upgrades.
    Modern,
    /// The statuses of `documented` and nothing else: one body for every failure, and no header that names a component.
    Opaque,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: &'static [Self] = &[Self::Documented, Self::Observed, Self::Modern, Self::Opaque];

    /// Returns the lower-case name that the command line and reports use.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Modern => "modern",
            Self::Opaque => "opaque",
        }
    }

    /// Reports whether logs hold the recorded lines. The real backend's log filter redacts some of their words.
    pub(crate) const fn logs_as_recorded(self) -> bool {
        matches!(self, Self::Observed)
    }

    /// Reports whether the backend calls itself by a built-in name where `SERVICE_ID` is missing.
    ///
    /// The recorded version does. In the versions before it, a backend without its id had no identity.
    pub(crate) const fn has_built_in_service_id(self) -> bool {
        matches!(self, Self::Observed)
    }

    /// Reports whether response headers name the component that answered.
    pub(crate) const fn names_servers(self) -> bool {
        !matches!(self, Self::Opaque)
    }
}

/// The JSON body of every failure in `opaque`.
pub(crate) const OPAQUE_FAILURE: &str = r#"{"error":"request failed"}"#;

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The error for an unknown dialect name; its message lists the known ones.
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
