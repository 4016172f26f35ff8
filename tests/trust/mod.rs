//! What must hold whatever happens around a run: signals, full disks, commands that hang, hostile files, hostile servers, lossy networks.
//!
//! - `signals`: signals and `kill -9` at random points of a run. `FIVEWHYS_TRUST_SIGNALS` and `FIVEWHYS_TRUST_KILLS` set how many.
//! - `unwritten`: reports that cannot be written.
//! - `commands`: the commands that a target names.
//! - `hostile_input`: files, names and arguments with characters that act on a terminal.
//! - `folder`: a folder with an earlier report, and a run that writes into it.
//! - `behaviours`: what a hostile server sends, as data.
//! - `hostile_server`: a backend that behaves so, everywhere or behind a good health check.
//! - `bytes`: a server that sends bytes and then closes, resets, holds or repeats.
//! - `lossy_network`: a healthy twin behind connections that are dropped.
//!
//! Invariant: no verdict and no earlier report is lost, and no report is half written. Without the variable `FIVEWHYS_TRUST`, a test runs a
//! few behaviours only. With it, all of them.

mod behaviours;
mod bytes;
#[cfg(unix)]
mod commands;
#[cfg(unix)]
mod folder;
#[cfg(unix)]
mod hostile_input;
mod hostile_server;
mod lossy_network;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod unwritten;

/// Reports whether the long form is wanted.
fn is_long() -> bool {
    std::env::var_os("FIVEWHYS_TRUST").is_some()
}
