//! What a probe is: one call of one surface with one token kind, carrier and caller. Sits in `probe`; the catalogue predicts per key.

use serde::{Deserialize, Serialize};

use crate::token::TokenKind;

/// How the user's token travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Carrier {
    /// `Authorization: Bearer …`.
    Header,
    /// `Sec-WebSocket-Protocol`, in the form the surface's `subprotocols` give.
    Subprotocol,
    /// In the URL, where the surface's `query` says `{token}`. It lands in the access logs of whatever lies between.
    Query,
    /// In the JSON body, where the surface's `body` says `{token}`.
    Body,
}

/// Who we say we are to the auth service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Caller {
    /// No service credentials at all.
    None,
    /// The right id and secret (needs the door `service-credentials`).
    Right,
    /// The right id, a secret nobody holds.
    WrongSecret,
    /// Another id, the right secret (needs the door `service-credentials`).
    WrongId,
    /// The right id and no secret.
    IdOnly,
}

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

impl Carrier {
    /// The word used in files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Subprotocol => "subprotocol",
            Self::Query => "query",
            Self::Body => "body",
        }
    }
}

impl Caller {
    /// Every caller, the harmless ones first.
    pub const ALL: [Self; 5] = [Self::None, Self::Right, Self::IdOnly, Self::WrongSecret, Self::WrongId];

    /// The word used in files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Right => "right",
            Self::WrongSecret => "wrong-secret",
            Self::WrongId => "wrong-id",
            Self::IdOnly => "id-only",
        }
    }
}

impl std::fmt::Display for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
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
