//! The WebSocket route `/ws`: credentials from three token locations, then the five events of an agent run.
//!
//! Start at [`connect()`].
//!
//! - `connect`: the upgrade and the authentication
//! - `token_location`: where the token comes from
//! - `refusal`: why a WebSocket is refused
//! - `session`: an accepted WebSocket, frame by frame
//! - `frames`, `events`: what is sent
//!
//! Invariant: no frame holds a part of a token.

mod connect;
mod events;
mod frames;
mod refusal;
mod session;
mod token_location;

pub(crate) use connect::connect;
