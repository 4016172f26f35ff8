//! Statements: what components say when they refuse, and what that means.
//!
//! Start at [`said`], which finds the sentence with which a component refused a request and what it means, as a
//! [`Meaning`].
//!
//! - `sentence`: the sentence of one exchange
//! - `said`: that sentence with its meaning
//! - `library`: the patterns, read from `products/*.toml`, one file per library or product
//! - `outgoing`: the status and the address of a call that the writer of a log line made
//!
//! Invariant: a pattern says what a sentence means in the model of the request path. It never names a fault.

mod library;
mod outgoing;
mod said;
mod sentence;

pub(crate) use crate::terms::Meaning;
pub(crate) use library::{meanings, meanings_of_flags, specific_meanings};
pub(crate) use outgoing::{Address, answered_by_auth, called_address, speaks_of_auth};
pub(crate) use said::said;
