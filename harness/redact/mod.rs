//! Keeps secrets and tokens out of everything that is stored, printed or logged.
//!
//! Start at [`Redactor::clean`].
//!
//! - `redactor`: the type that registers values and cleans texts
//! - `known`: the search for registered values; `dictionary` finds whole values, `fragments` finds parts, and `heads`
//!   is their index
//! - `encodings`: the encodings of a value
//! - `view`: a text with its escapes undone; `squeeze` removes line breaks, quotes and tags
//! - `shapes`: credentials that are known by their shape only
//! - `replacing`: puts the marks into the text
//!
//! Invariant: this folder never writes a value anywhere. It only replaces values.

mod dictionary;
mod encodings;
mod fragments;
mod heads;
mod known;
mod redactor;
mod replacing;
mod shapes;
mod squeeze;
mod view;

pub use redactor::Redactor;
