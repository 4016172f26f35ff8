//! Keeps secrets and tokens out of everything that is stored, printed or logged.
//!
//! Start at [`Redactor::clean`].
//!
//! - `redactor`: the type that registers values and cleans texts
//! - `known`: the search for registered values; `dictionary` finds whole values, `fragments` finds parts, and `heads`
//!   is their index
//! - `unescape`, `decode`: the texts that a text encodes; `encodings`: the encodings of a secret
//! - `pieces`: which pieces of a stream make up one text
//! - `view`: a derived text, whose bytes know their origin; `squeeze` removes line breaks, quotes and tags
//! - `shapes`: tokens that are not registered; `rules`: other credentials that are not registered
//! - `replacing`: puts the marks into the text
//!
//! Invariant: this folder never writes a value anywhere. It only replaces values.

mod decode;
mod dictionary;
mod encodings;
mod fragments;
mod heads;
mod known;
mod pieces;
mod redactor;
mod replacing;
mod rules;
mod shapes;
mod squeeze;
mod unescape;
mod view;

pub use redactor::Redactor;
pub(crate) use redactor::unregistered_in;
