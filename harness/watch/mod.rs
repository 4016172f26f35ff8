//! `fivewhys watch`: runs the scenarios again and again, and tells each change once.
//!
//! - `state`: what a watch knows
//! - `serve/`: metrics, health and the overview page over HTTP

#![allow(dead_code)]

pub(crate) mod serve;
pub(crate) mod state;

pub use serve::serve_recorded;
