//! What a probe is: one call of one endpoint with one token kind, token location, caller and user.

use crate::terms::{Caller, TokenLocation};
use serde::{Deserialize, Serialize};

use crate::terms::TokenKind;

/// One call of one endpoint with one token kind, token location, caller and user. Two exchanges with equal keys are
/// repetitions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProbeKey {
    /// The endpoint's id, for example `backend.chat-stream`.
    #[serde(alias = "surface")]
    pub endpoint: String,
    /// The kind of token that is presented.
    pub token: TokenKind,
    /// Where the request carries the token.
    #[serde(alias = "carrier")]
    pub token_location: TokenLocation,
    /// The service credentials that are presented; always `none` on endpoints that take none.
    pub caller: Caller,
    /// The name that the target gives to the user of the token.
    pub user: String,
}

impl std::fmt::Display for ProbeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}", self.endpoint, self.token)?;
        if matches!(self.token_location, TokenLocation::Subprotocol | TokenLocation::Query) {
            write!(f, ", {}", self.token_location)?;
        }
        if self.caller != Caller::None {
            write!(f, ", caller {}", self.caller)?;
        }
        f.write_str("]")
    }
}
