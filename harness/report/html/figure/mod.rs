//! Drawings of the failing request, as SVG without scripts.
//!
//! - `map`: the hops, how far the request came, and where the cause lies
//! - `sequence`: who sent what to whom, in order
//! - `drawing`: wrapped text and arrows
//!
//! Invariant: every drawing says the same in words, for a reader who cannot see it.

pub(crate) mod drawing;
pub(crate) mod map;
pub(crate) mod sequence;
