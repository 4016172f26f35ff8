//! The path of a request: where something can be wrong, and what.
//!
//! - `stop`: the components and the links between them
//! - `effect`: what a fault changes at a stop, and for which requests
//!
//! Invariant: both lists are closed. A new kind of fault is a new combination of them.

pub(crate) mod effect;
pub(crate) mod stop;
