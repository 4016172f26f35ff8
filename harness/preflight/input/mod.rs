//! What a preflight is given.
//!
//! - `subject`: a service with its manifest
//! - `fingerprint`: shows that two values are equal, without showing them
//!
//! Invariant: nothing here judges a manifest.

mod fingerprint;
mod subject;

pub(crate) use fingerprint::Fingerprints;
pub(crate) use subject::{Subject, find};
