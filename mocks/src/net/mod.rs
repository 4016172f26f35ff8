//! Ports, listeners and tasks on loopback.
//!
//! Start at [`serve()`].
//!
//! - `port`: a port that is bound and not yet open
//! - `serve`: accepts connections, and stops everything with the twin
//!
//! Invariant: this folder knows no service and no route.

mod port;
mod serve;

pub(crate) use port::ClosedPort;
pub(crate) use serve::{HangUp, Tasks, serve, serve_dropping, wants_upgrade};
