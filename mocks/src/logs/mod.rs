//! What the deployment writes down: Cloud Logging entries of all services, and the auth service's journal.
//!
//! Start at [`ServiceLog`], through which a service writes.
//!
//! - `book`: the ring of log entries that `/logs` and `Twin::log_entries` read
//! - `service`: the entries of one revision: application lines, platform lines, request log
//! - `request`: one entry of the request log; shortens and redacts text from outside
//! - `journal`: the requests that the auth service received, with its decisions
//!
//! Invariant: no entry holds a secret or a token.

mod book;
mod journal;
mod request;
mod service;

pub(crate) use book::LogBook;
pub(crate) use journal::Journal;
pub use journal::JournalEntry;
pub(crate) use request::{RequestRecord, redacted_target, shortened};
pub(crate) use service::{ServiceLog, Severity};
