//! The auth service. It runs on wiremock with its own listener, so that its port closes when the service stops.
//!
//! Start at [`serve()`].
//!
//! - `server`: from a request to a response, with journal and request log
//! - `routes/`: one function per route
//! - `service/`: the process: settings, accounts, callers, log lines
//! - `http/`: the request, the answer, and the bytes of each dialect
//! - `token/`: the checks of a token
//!
//! Invariant: every answer is computed from the resolved environment and the build.

mod http;
mod routes;
mod server;
mod service;
mod token;

pub(crate) use server::serve;
pub(crate) use service::{Accounts, AuthService};
pub(crate) use token::verified_subject;
