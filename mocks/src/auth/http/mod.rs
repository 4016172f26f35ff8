//! One exchange with the auth service: the request, the handler's answer, and its bytes.
//!
//! Start at [`Answer`].
//!
//! - `call`: the request and the answer
//! - `phrasing`: the answer in the bytes of a dialect
//!
//! Invariant: phrasing never changes a decision.

mod call;
mod phrasing;

pub(crate) use call::{Answer, Call};
pub(crate) use phrasing::phrased;
