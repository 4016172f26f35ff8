//! The backend's process: its state, and the questions that its routes ask of it.
//!
//! Start at [`Backend`].
//!
//! - `backend`: state, and the defects of the build
//! - `config`: settings, and their validation at startup
//! - `authentication`: who sent a request
//! - `agents`: how a task ends
//! - `crowd`: what it does only under many users
//! - `database`: sessions
//!
//! Invariant: the process knows the resolved environment and its build. It knows no fault and no symptom.

mod agents;
mod authentication;
mod backend;
mod config;
mod crowd;
mod database;

pub(crate) use agents::{CANNED, Outcome};
pub(crate) use backend::{Backend, Code};
pub(crate) use config::{BackendConfig, StartupFailed, validate};
