//! The commands beside `smoke`, and mistakes on any command line. Start at `mistakes`.
//!
//! - `bisect`: `fivewhys bisect`.
//! - `check`: `fivewhys check` and `fivewhys init`.
//! - `explain`: `fivewhys explain`.
//! - `faults`: `fivewhys faults`.
//! - `mint`: `fivewhys mint`.
//! - `mistakes`: exit code 2.
//! - `preflight`: `fivewhys preflight` and `fivewhys contract`.
//!
//! Invariant: nothing here sends a request to a deployment.

mod bisect;
mod check;
mod explain;
mod faults;
mod mint;
mod mistakes;
mod preflight;
