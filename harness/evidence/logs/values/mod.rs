//! Values as logs write them.
//!
//! - `json`: a JSON value that borrows from the text
//! - `time`: times of all spellings
//! - `ids`: the ids of traces and requests
//! - `severity`: how bad an entry is
//! - `writer`: what a line says about its writer
//! - `duration`: how long a request took
//! - `change`: what an entry of an audit log changes in a deployment; `changes.toml` has the methods
//!
//! Invariant: only `change` knows a format.

pub(super) mod change;
pub(crate) mod duration;
pub(super) mod ids;
pub(super) mod json;
mod severity;
pub(super) mod time;
mod writer;

pub use change::Change;
pub use severity::Severity;
pub(super) use writer::Writer;
