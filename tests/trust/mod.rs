//! Servers that break HTTP, event streams and WebSockets. Start at `hostile_server`.
//!
//! - `behaviours`: what a hostile server sends, as data.
//! - `hostile_server`: a backend that behaves so, everywhere or behind a good health check.
//! - `bytes`: a server that sends bytes and then closes, resets, holds or repeats.
//! - `lossy_network`: a healthy twin behind connections that are dropped.
//!
//! Invariant: without the variable `FIVEWHYS_TRUST`, a test runs a few behaviours only. With it, all of them.

mod behaviours;
mod bytes;
mod hostile_server;
mod lossy_network;

/// Reports whether the long form is wanted.
fn is_long() -> bool {
    std::env::var_os("FIVEWHYS_TRUST").is_some()
}
