//! Why a probe cannot be sent at all. A failure on the network is not an error here: the exchange records it.

use miette::Diagnostic;
use thiserror::Error;

use crate::probe::{CredentialError, Exchange};
use crate::terms::{EvidenceSource, TokenLocation};

/// The probe was not sent.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum CannotProbe {
    /// The target has no such endpoint.
    #[error("the target has no endpoint `{0}`")]
    #[diagnostic(code(fivewhys::probe::unknown_endpoint), help("`[endpoints]` of the target file lists them"))]
    UnknownEndpoint(String),
    /// The target has no such user.
    #[error("the target has no user `{0}`")]
    #[diagnostic(code(fivewhys::probe::unknown_user), help("`[[users]]` of the target file lists them"))]
    UnknownUser(String),
    /// The operator did not grant the evidence.
    #[error("`{endpoint}` needs the evidence `{evidence_source}`, which is not granted")]
    #[diagnostic(
        code(fivewhys::probe::evidence_source_closed),
        help("grant it with `--evidence` or in the target file")
    )]
    EvidenceSourceClosed {
        /// The endpoint.
        endpoint: String,
        /// The source of evidence it needs.
        evidence_source: EvidenceSource,
    },
    /// The endpoint does not take a token at this location.
    #[error("`{endpoint}` takes no token in the {token_location}")]
    #[diagnostic(
        code(fivewhys::probe::token_location),
        help("`token_locations` of the endpoint lists where it takes a token")
    )]
    TokenLocationNotTaken {
        /// The endpoint.
        endpoint: String,
        /// The token location that was asked for.
        token_location: TokenLocation,
    },
    /// The target does not say how a service identifies itself.
    #[error("the target does not say how a service identifies itself to the auth service")]
    #[diagnostic(code(fivewhys::probe::no_caller), help("add `[caller]` to the target file"))]
    NoCaller,
    /// A token or secret is not available.
    #[error("no credential: {0}")]
    #[diagnostic(code(fivewhys::probe::credential))]
    Credential(#[from] CredentialError),
    /// The target names no endpoint that mints tokens.
    #[error("the target has no endpoint with the role `issuer`")]
    #[diagnostic(code(fivewhys::probe::no_issuer))]
    NoIssuer,
    /// The target names no endpoint that logs tokens out.
    #[error("the target has no endpoint with the role `logout`")]
    #[diagnostic(code(fivewhys::probe::no_logout))]
    NoLogout,
    /// The auth service did not log the token out.
    #[error("`{endpoint}` did not log the token out: {why}")]
    #[diagnostic(code(fivewhys::probe::logout_failed))]
    LogoutFailed {
        /// The logout endpoint.
        endpoint: String,
        /// What it did instead.
        why: String,
    },
    /// The auth service did not mint a token.
    #[error("`{endpoint}` issued no token: {why}")]
    #[diagnostic(code(fivewhys::probe::issuer_failed))]
    IssuerFailed {
        /// The issuer endpoint.
        endpoint: String,
        /// What it did instead.
        why: String,
        /// The exchange with it.
        exchange: Box<Exchange>,
    },
    /// The target is a replay, and its recording lacks this call.
    #[error("the recording has no such call to `{0}`")]
    #[diagnostic(code(fivewhys::probe::not_recorded), help("record a run that makes this call"))]
    NotRecorded(String),
    /// The path could leave the target's host, or is not a path.
    #[error("the path `{path}` {why}")]
    #[diagnostic(code(fivewhys::probe::path))]
    Path {
        /// The path, redacted.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A header cannot be sent.
    #[error("the header `{0}` has a name or value that HTTP does not allow")]
    #[diagnostic(code(fivewhys::probe::header))]
    Header(String),
    /// The method is not valid.
    #[error("`{0}` is not an HTTP method")]
    #[diagnostic(code(fivewhys::probe::method))]
    Method(String),
}

impl CannotProbe {
    /// Returns the exchange with the issuer endpoint, if it gave no token.
    #[must_use]
    pub fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::IssuerFailed { exchange, .. } => Some(exchange),
            _ => None,
        }
    }
}
