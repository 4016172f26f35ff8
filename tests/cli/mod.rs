//! The built program, as a user meets it. Start at `run` for `smoke`.
//!
//! - `run`: how scenarios are driven: retries, signals, shards, overrides, hosts that do not answer.
//! - `output`: what is printed where: formats, reports, exit codes.
//! - `gate`: whether to roll back, with a baseline and with the revision before.
//! - `commands`: `check`, `init`, `mint`, `faults`, and mistakes on the command line.
//!
//! Invariant: every test runs the program in a process of its own, with nothing of this machine's environment.

mod commands;
mod gate;
mod output;
mod run;
