//! The commands beside `smoke`, and mistakes on any command line. Start at `mistakes`.
//!
//! - `bisect`: `fivewhys bisect`.
//! - `bisect_trial`: `fivewhys bisect --test`.
//! - `check`: `fivewhys check` and `fivewhys init`.
//! - `explain`: `fivewhys explain`.
//! - `faults`: `fivewhys faults`.
//! - `mint`: `fivewhys mint`.
//! - `mistakes`: exit code 2.
//! - `preflight`: `fivewhys preflight` and `fivewhys contract`.
//!
//! Invariant: only `bisect_trial` sends requests, to twins.

mod bisect;
mod bisect_trial;
mod check;
mod explain;
mod faults;
mod mint;
mod mistakes;
mod preflight;
