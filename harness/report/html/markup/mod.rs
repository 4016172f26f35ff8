//! Pieces of markup that the sections of the page share.
//!
//! - `text`: makes foreign text safe
//! - `certainty`: how certain a cause is, in one word and in one sentence
//! - `sheet`: the style sheet and the content security policy
//! - `shown`: which exchanges the page shows
//!
//! Invariant: every foreign text passes through `text`.

pub(crate) mod certainty;
pub(crate) mod sheet;
pub(crate) mod shown;
pub(crate) mod text;
