//! Logs of any source, format and size.
//!
//! Start at [`collect`] and [`Collected::entries`]: the names of the services may be known later than the log.
//!
//! - `entry`: one entry, redacted
//! - `reader`: cuts a stream into lines and JSON objects
//! - `prefix`: takes off what kubectl, docker and others put before a line
//! - `format/`: the formats, one file each
//! - `values/`: JSON, times, ids and changes as logs write them
//! - `names`: the names of the components, which tell who wrote a line
//! - `collect`: joins lines, and passes times on; `draft`: an entry before it is redacted
//! - `unpacked`: a stream that may be compressed
//! - `kept`: which entries of a long log stay; `pattern`: which texts are alike
//! - `text`: the result, with what was skipped and left out
//! - `samples/`: what each logger writes; `tests` reads them all
//!
//! Invariant: memory does not grow with the log.

mod collect;
mod draft;
mod entry;
mod format;
mod kept;
mod names;
mod pattern;
mod prefix;
mod reader;
#[cfg(test)]
mod tests;
mod text;
mod unpacked;
mod values;

pub(crate) use collect::{Collected, Expected, collect};
pub use entry::{LogEntry, LoggedRequest};
pub(crate) use kept::Focus;
pub(crate) use names::ServiceNames;
pub(crate) use text::{LogError, LogText, looks_like_log};
pub(crate) use unpacked::unpacked;
pub(crate) use values::duration::milliseconds;
pub use values::{Change, Severity};
