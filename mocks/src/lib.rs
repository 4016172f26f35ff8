//! The twin: a small edge, backend and auth service on loopback, with faults injected at their cause.
//!
//! It boots from a deployment manifest and a secret store, and symptoms emerge. It knows causes; it knows nothing
//! of the catalogue, of diagnosis, or of the crate that uses it.

mod auth;
mod backend;
mod boot;
mod builder;
mod control;
mod credentials;
mod deployment;
mod dialect;
mod edge;
mod fault;
mod journal;
mod logs;
mod ports;
mod serve;
mod trace;
mod twin;

pub use boot::BootError;
pub use builder::TwinBuilder;
pub use credentials::{Credentials, TestUser};
pub use dialect::{Dialect, UnknownDialect};
pub use fault::{Fault, UnknownFault};
pub use journal::JournalEntry;
pub use twin::{Manifests, Twin};
