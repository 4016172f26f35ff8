//! Why a probe cannot be made at all. A transport error is never here: that is a fact, in the exchange.

use miette::Diagnostic;
use thiserror::Error;

use crate::probe::CredentialError;
use crate::terms::{Carrier, Door};

/// The probe was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
pub enum CannotProbe {
    /// The target has no such surface.
    #[error("the target has no surface `{0}`")]
    #[diagnostic(code(fivewhys::probe::unknown_surface), help("`[surfaces]` of the target file lists them"))]
    UnknownSurface(String),
    /// The target has no such user.
    #[error("the target has no user `{0}`")]
    #[diagnostic(code(fivewhys::probe::unknown_user), help("`[[users]]` of the target file lists them"))]
    UnknownUser(String),
    /// The evidence was not granted.
    #[error("`{surface}` needs the door `{door}`, which is closed")]
    #[diagnostic(code(fivewhys::probe::door_closed), help("open it with `--doors` or in the target file"))]
    DoorClosed {
        /// The surface.
        surface: String,
        /// The door it needs.
        door: Door,
    },
    /// The surface does not take a token in this way.
    #[error("`{surface}` takes no token in the {carrier}")]
    #[diagnostic(code(fivewhys::probe::carrier), help("`carriers` of the surface lists the ways it does"))]
    CarrierNotTaken {
        /// The surface.
        surface: String,
        /// The carrier that was asked for.
        carrier: Carrier,
    },
    /// The target does not say how a service identifies itself.
    #[error("the target does not say how a service identifies itself to the auth service")]
    #[diagnostic(code(fivewhys::probe::no_caller), help("add `[caller]` to the target file"))]
    NoCaller,
    /// A token or secret cannot be had.
    #[error("no credential: {0}")]
    #[diagnostic(code(fivewhys::probe::credential))]
    Credential(#[from] CredentialError),
    /// The target names no surface that mints tokens.
    #[error("the target has no surface with the role `issuer`")]
    #[diagnostic(code(fivewhys::probe::no_issuer))]
    NoIssuer,
    /// The target names no surface that logs tokens out.
    #[error("the target has no surface with the role `logout`")]
    #[diagnostic(code(fivewhys::probe::no_logout))]
    NoLogout,
    /// The auth service did not take a logout.
    #[error("`{surface}` did not log the token out: {why}")]
    #[diagnostic(code(fivewhys::probe::logout_failed))]
    LogoutFailed {
        /// The logout surface.
        surface: String,
        /// What it did instead.
        why: String,
    },
    /// The auth service did not mint a token.
    #[error("`{surface}` issued no token: {why}")]
    #[diagnostic(code(fivewhys::probe::issuer_failed))]
    IssuerFailed {
        /// The issuer surface.
        surface: String,
        /// What it did instead.
        why: String,
    },
    /// The path would leave the target's host, or is no path.
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
    /// The method is none.
    #[error("`{0}` is not an HTTP method")]
    #[diagnostic(code(fivewhys::probe::method))]
    Method(String),
}

/// The prober cannot be set up.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot set up TLS")]
#[diagnostic(code(fivewhys::probe::setup))]
pub struct SetupError(#[from] rustls::Error);
