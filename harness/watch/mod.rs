//! `fivewhys watch`: runs the scenarios again and again, and tells each change once.
//!
//! - `state`: what a watch knows

#![allow(dead_code)]

pub(crate) mod state;
