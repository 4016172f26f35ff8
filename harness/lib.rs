//! `fivewhys` drives a deployed system from outside, as known test users, and when something fails it says which hop failed and why.
//!
//! The way through the house: a [`config`] target and a [`scenario`] make a [`probe`]; `probe` gives exchanges to [`observe`], which gives
//! observations to `diagnose`, which gives a verdict to `report`.

mod check;
pub mod cli;
pub mod config;
pub mod diagnose;
pub mod document;
pub mod evidence;
#[cfg(test)]
mod fixtures;
pub mod gate;
pub mod observe;
pub mod probe;
pub mod redact;
pub mod report;
pub mod run;
pub mod scenario;
#[cfg(feature = "twin")]
pub mod selftest;
pub mod terms;
mod tls;
pub mod token;
#[cfg(feature = "twin")]
mod twin;
