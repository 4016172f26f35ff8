//! What a probe is: one call of one surface with one token kind, carrier and caller. Sits in `probe`; the catalogue predicts per key.

use crate::terms::{Caller, Carrier};
use serde::{Deserialize, Serialize};

use crate::terms::TokenKind;

/// One call of one surface with one token kind, carrier, caller and user. Two exchanges with equal keys are repetitions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProbeKey {
    /// The surface's id, for example `backend.chat-stream`.
    pub surface: String,
    /// What is presented as credential.
    pub token: TokenKind,
    /// How it travels.
    pub carrier: Carrier,
    /// Who we say we are; always `none` on surfaces that take no service credentials.
    pub caller: Caller,
    /// The target's name of the user the token speaks for.
    pub user: String,
}

impl std::fmt::Display for ProbeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}", self.surface, self.token)?;
        if matches!(self.carrier, Carrier::Subprotocol | Carrier::Query) {
            write!(f, ", {}", self.carrier)?;
        }
        if self.caller != Caller::None {
            write!(f, ", caller {}", self.caller)?;
        }
        f.write_str("]")
    }
}
