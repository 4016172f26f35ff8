//! The backend's errors, from a cause to the bytes of a dialect.
//!
//! Start at [`ApiError`].
//!
//! - `envelope`: an error of a handler, and its envelope
//! - `origin`: where in the real code the error is raised
//! - `problem`: FastAPI's list of problems with a request
//! - `phrasing`: a failure in the bytes of a dialect
//!
//! Invariant: an error knows its cause in the backend. It knows no fault.

mod envelope;
mod origin;
mod phrasing;
mod problem;

pub(crate) use envelope::ApiError;
pub(crate) use origin::Origin;
pub(crate) use phrasing::{Unauthenticated, framework_error, phrase, refused_upgrade, refuses_in_frames};
pub(crate) use problem::{Problem, read_json, text_field, unprocessable};
