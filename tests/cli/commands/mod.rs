//! The commands beside `smoke`, and mistakes on any command line. Start at `mistakes`.
//!
//! - `bisect`: `fivewhys bisect`.
//! - `bisect_trial`: `fivewhys bisect --test`.
//! - `check`: `fivewhys check`, and what `fivewhys init` writes.
//! - `init`: `fivewhys init` for a system.
//! - `explain`: `fivewhys explain`.
//! - `faults`: `fivewhys faults`.
//! - `mint`: `fivewhys mint`.
//! - `mistakes`: exit code 2.
//! - `preflight`: `fivewhys preflight` and `fivewhys contract`.
//!
//! Invariant: only `bisect_trial` and `init` send requests, to twins.

mod bisect;
mod bisect_trial;
mod check;
mod explain;
mod faults;
mod init;
mod mint;
mod mistakes;
mod preflight;
