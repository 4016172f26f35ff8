//! `fivewhys` tests a deployed system from outside, as known test users. When a request fails, it names the hop that
//! failed and why.
//!
//! Start at [`run`]. The data flows in this order:
//!
//! 1. [`config`] reads the target, and [`scenario`] the steps.
//! 2. [`probe`] sends the requests, with tokens from [`token`]. [`redact`] removes credentials from all kept text.
//! 3. [`observe`] interprets each exchange. [`evidence`] reads manifests and logs.
//! 4. [`diagnose`] names the causes of the failures.
//! 5. [`gate`] compares the result with earlier runs, and [`report`] writes it.
//!
//! [`cli`] is the command line, [`document`] reads the TOML files, and [`terms`] holds the words that all modules
//! share.

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
