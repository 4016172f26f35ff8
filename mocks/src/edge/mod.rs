//! The edge: Cloud Run's front end of a service. It checks the caller, relays the request, and writes the request log.
//!
//! Start at [`router`].
//!
//! - `server`: handles one request
//! - `rules`: which requests the edge refuses, changes or routes elsewhere
//! - `relay`: the request to the backend
//! - `pages`: the platform's own pages
//! - `phrasing`: the platform's headers, or none in `opaque`
//!
//! Invariant: the edge judges no token of the application. It knows rules, and no fault.

mod pages;
mod phrasing;
mod relay;
mod rules;
mod server;

pub(crate) use rules::Throttle;
pub(crate) use server::{Edge, Split, router};
