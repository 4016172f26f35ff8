//! Reads the TOML documents that people write: targets, scenarios, catalogue entries.
//!
//! Every error points into the document: file, line, column, and what would be right. Start at [`error::ConfigError`].
//!
//! - `error`: an error with its source text and span; `shown` is that text, masked when an error shows it
//! - `read`: the text of a file, up to a limit
//! - `read_on`: reads a document to its end and keeps every mistake; `taken_out` blanks the wrong parts
//! - `mask`: hides secrets in shown lines
//! - `suggest`: replaces the deserialiser's words, and finds the nearest known name
//! - `values`, `written`: values that are checked while they are read
//! - `placed`: a value with the place where it is written
//! - `placeholder`: `{name}` in a text
//! - `pattern`: a pattern in which `*` stands for any text
//! - `schema`: JSON Schemas for editors
//!
//! Invariant: this folder never touches the network and knows no target.

pub(crate) mod error;
pub(crate) mod mask;
mod pattern;
mod placed;
pub(crate) mod placeholder;
mod read;
mod read_on;
mod schema;
pub(crate) mod shown;
pub(crate) mod suggest;
mod taken_out;
pub(crate) mod values;
pub(crate) mod written;

pub use error::ConfigError;
pub(crate) use pattern::fits as pattern_fits;
pub(crate) use placed::Placed;
pub(crate) use read::read;
pub(crate) use read_on::{Reading, read_on};
pub(crate) use schema::render as render_schema;
pub(crate) use shown::{Source, source};
pub(crate) use suggest::nearest_or_all;
pub(crate) use values::{Period, Query, Route};
pub use written::JsonMatch;
pub(crate) use written::{Json, Match, Named, OneOrMany};
