//! The commands beside `smoke`, and mistakes on any command line. Start at `mistakes`.
//!
//! - `check`: `fivewhys check` and `fivewhys init`.
//! - `explain`: `fivewhys explain`.
//! - `faults`: `fivewhys faults`.
//! - `mint`: `fivewhys mint`.
//! - `mistakes`: exit code 2.
//! - `preflight`: `fivewhys preflight` and `fivewhys contract`.
//!
//! Invariant: nothing here sends a request to a deployment.

mod check;
mod explain;
mod faults;
mod mint;
mod mistakes;
mod preflight;
