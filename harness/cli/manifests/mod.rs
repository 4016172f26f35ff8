//! The subcommands that judge manifests.
//!
//! - `preflight`: checks manifests before traffic moves
//! - `contract`: prints what they are checked against
//! - `bisect`: what changed between two revisions, and which change explains the failure
//! - `trial`: tests both revisions where they get no traffic
//!
//! Invariant: only `trial` sends a probe.

pub(super) mod bisect;
pub(super) mod contract;
pub(super) mod preflight;
mod trial;
