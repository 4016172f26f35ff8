//! The twin from the outside: clients call its services over real connections.
//!
//! - `services/`: a healthy twin, endpoint by endpoint
//! - `dialects/`: the same decisions in each dialect
//! - `faults/`: what faults change
//! - `twin/`: boot and shutdown, noise, signing, secrecy
//! - `replay/`: recorded calls, served again
//! - `support/`: what the tests share
//!
//! `trials.rs` is the other test binary: it generates its tests from the list of faults and from recordings.

mod dialects;
mod faults;
mod replay;
mod services;
mod support;
mod twin;
