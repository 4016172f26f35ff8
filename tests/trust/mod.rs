//! What must hold whatever happens around a run: signals, full disks, commands that hang, hostile input files. Start at `signals`.
//!
//! - `signals`: signals and `kill -9` at random points of a run. `FIVEWHYS_TRUST_SIGNALS` and `FIVEWHYS_TRUST_KILLS` set how many.
//! - `unwritten`: reports that cannot be written.
//! - `commands`: the commands that a target names.
//! - `hostile_input`: files, names and arguments with characters that act on a terminal.
//! - `folder`: a folder with an earlier report, and a run that writes into it.
//!
//! Invariant: no verdict and no earlier report is lost, and no report is half written.
#![cfg(unix)]

mod commands;
mod folder;
mod hostile_input;
mod signals;
mod unwritten;
