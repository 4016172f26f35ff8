//! Which log lines belong to our probes.
//!
//! - `window`, `attribution`: the windows of the probes, and the lines that fall into them
//! - `access`: the requests that a service names in its own log
//! - `calls_seen`: what the auth service logged of the backend's questions
//! - `called_address`: the address of the auth service that the backend calls in vain
//! - `overlap`: the probes that were under way when a line was written
//! - `arrival`: which failing requests reached the backend
//! - `said`: what the components say about a probe that they did not serve
//! - `startup`: whether the backend began to serve
//! - `coincidence`: whether other traffic explains such lines
//! - `quote`: a line in the words of a report
//! - `worst`: the worst lines of failed exchanges, whether or not a pattern matches them
//!
//! Invariant: a line of other traffic never counts as one of a failing probe.

mod access;
mod arrival;
pub(crate) mod attribution;
mod called_address;
mod calls_seen;
pub(crate) mod coincidence;
mod overlap;
pub(crate) mod quote;
pub(crate) mod said;
mod startup;
pub(crate) mod window;
pub(crate) mod worst;
