//! Target files of other systems: how they are reached, and where their tokens come from.
//!
//! - `system`: a small system that the tests play, and its target file
//! - `login`: tokens by OAuth 2.0, without a signing key
//!
//! Invariant: no output of these runs holds a secret.

mod login;
mod system;
