//! The backend: chat over HTTP, server-sent events and WebSocket. It asks the auth service about each token.
//!
//! Start at [`start()`].
//!
//! - `start`: from an environment to a router
//! - `routes/`, `websocket/`: the endpoints
//! - `service/`: the process: settings, authentication, agents, database
//! - `auth_client/`: the calls to the auth service
//! - `chat/`: messages and their store
//! - `error/`: errors, and the bytes of each dialect
//!
//! Invariant: every response is computed from the resolved environment and the build.

mod auth_client;
mod chat;
mod error;
mod routes;
mod service;
mod start;
mod websocket;

pub(crate) use chat::MessageStore;
pub(crate) use service::{Code, StartupFailed};
pub(crate) use start::start;
