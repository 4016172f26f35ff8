//! The auth service's process: its state, and the questions that its routes ask of it.
//!
//! Start at [`AuthService`].
//!
//! - `service`: settings, state, defects of the build
//! - `accounts`: users and revoked tokens
//! - `caller`: which callers the service accepts
//! - `lines`: its log lines
//!
//! Invariant: the process knows the resolved environment and its build. It knows no fault and no symptom.

mod accounts;
mod caller;
pub(crate) mod lines;
#[expect(clippy::module_inception, reason = "the folder's main type")]
mod service;

pub(crate) use accounts::Accounts;
pub(crate) use caller::Caller;
pub(crate) use service::AuthService;
