//! Which log lines belong to our probes.
//!
//! - `attribution`: the windows of the probes, and the lines that fall into them
//! - `access`: the requests that a service names in its own log
//! - `arrival`: which failing requests reached the backend
//! - `said`: what the components say about a probe that they did not serve
//! - `coincidence`: whether other traffic explains such lines
//! - `worst`: the worst lines of failed exchanges, whether or not a pattern matches them
//!
//! Invariant: a line of other traffic never counts as one of a failing probe.

mod access;
mod arrival;
pub(crate) mod attribution;
pub(crate) mod coincidence;
pub(crate) mod said;
pub(crate) mod worst;
