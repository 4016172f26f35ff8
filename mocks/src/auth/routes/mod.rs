//! The auth service's routes: one function per route, from a call to an answer.
//!
//! Start at `table`.
//!
//! - `table`: every route, and the routes of a defective build
//! - `validation`: the backend's questions about a token
//! - `profile`: the content of a token
//! - `session`: login and logout
//! - `status`: health, identity provider, public keys
//!
//! Invariant: a handler computes its answer from the process. No answer is prepared for a fault.

mod profile;
mod session;
mod status;
mod table;
mod validation;

pub(crate) use table::{Handler, no_such_route, routes};
