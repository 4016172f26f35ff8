//! A mark: something in an answer that speaks of its maker, and how loudly. Sits in `observe`.

use serde::Deserialize;

/// What a mark tells of the answer's maker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Says {
    /// Something in front of the service made it.
    Edge,
    /// The edge made it, perhaps with the decision of somebody it asked (`auth_request`, `ext_authz`).
    Messenger,
    /// The service itself made it.
    Application,
    /// The edge passed on what came from further in.
    Relayed,
    /// It went by this way, whoever made it: tells the product, not the maker.
    Passed,
}

/// A mark that was found.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// A slug: `run.iam.missing`, `proxy-status.connection_refused`.
    pub(crate) id: String,
    pub(crate) says: Says,
    /// How far one may lean on it, 0 to 1: see [`crate::observe::maker`].
    pub(crate) weight: f64,
    /// The bytes, for the report.
    pub(crate) bytes: String,
}
