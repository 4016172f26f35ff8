//! The subcommands that judge manifests.
//!
//! - `preflight`: checks manifests before traffic moves
//! - `contract`: prints what they are checked against
//! - `bisect`: what changed between two revisions, and which change explains the failure
//!
//! Invariant: nothing here sends a probe.

pub(super) mod bisect;
pub(super) mod contract;
pub(super) mod preflight;
