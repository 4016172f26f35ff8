//! A token: its checks, its claims, and the key behind it.
//!
//! Start at [`check()`].
//!
//! - `check`: the checks, in order
//! - `claims`: the payload
//! - `refusal`: why a token is refused
//! - `keys`: the key that signs and verifies
//!
//! Invariant: this folder knows no user, no route and no fault.

mod check;
mod claims;
mod keys;
mod refusal;

pub(crate) use check::{check, verified_subject};
pub(crate) use claims::Claims;
pub(crate) use keys::Keys;
pub(crate) use refusal::Refusal;
