//! The backend's HTTP routes.
//!
//! Start at `table`.
//!
//! - `table`: every route, with health and the fallbacks
//! - `layers`: what happens around every route
//! - `messages`, `stream`, `agents`: the routes themselves
//!
//! Invariant: a handler computes its response from the process. No response is prepared for a fault.

mod agents;
mod layers;
mod messages;
mod stream;
mod table;

pub(crate) use table::routes;
