//! What each fault changes in a deployment.
//!
//! Start at [`Fault`] in `table`. To add a fault, add a row there and its change in the file of its hop.
//!
//! - `table`: every fault with its name, its text and its change
//! - `client`, `network`, `edge`, `backend`, `backend_auth`, `auth`, `data`, `agents`: the changes, one file per hop
//!
//! Invariant: a change touches one thing in the deployment and knows no symptom. No other folder asks which faults are
//! set.

mod agents;
mod auth;
mod backend;
mod backend_auth;
mod client;
mod data;
mod edge;
mod network;
mod table;

pub(crate) use table::inject;
pub use table::{Fault, UnknownFault};
