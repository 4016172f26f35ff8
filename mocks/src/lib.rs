//! The twin: a small edge, backend and auth service on loopback, with faults injected at their cause.
//!
//! It boots from a deployment manifest and a secret store, and symptoms emerge. It knows causes; it knows nothing
//! of the catalogue, of diagnosis, or of the crate that uses it.

mod boot;
mod builder;
mod credentials;
mod dialect;
mod fault;
mod journal;
mod twin;

pub use boot::BootError;
pub use builder::TwinBuilder;
pub use credentials::{Credentials, TestUser};
pub use dialect::{Dialect, UnknownDialect};
pub use fault::{Fault, UnknownFault};
pub use journal::JournalEntry;
pub use twin::{Manifests, Twin};
