//! `fivewhys watch`: runs the scenarios again and again, and tells each change once.
//!
//! - `burning`: the error budgets of a target
//! - `state`: what a watch knows

#![allow(dead_code)]

pub(crate) mod burning;
pub(crate) mod state;
