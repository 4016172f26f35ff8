//! Serves recorded calls: what a system answered then, on loopback now.
//!
//! Start at [`Replay::builder`].
//!
//! - `recorded`: one recorded call, in plain types
//! - `builder`: what to serve, and how credentials are told apart
//! - `book`: finds the recorded call for a request, and says what is nearest when there is none
//! - `headers`: the headers that a replay sends
//! - `server`: wiremock answers; a front end in front of it does what wiremock cannot
//! - `pace`: when each piece of an answer is sent
//! - `socket`: both sides of a recorded WebSocket
//!
//! Invariant: nothing here judges a token. The caller names the credential of a request.

mod book;
mod builder;
mod headers;
mod pace;
mod recorded;
mod server;
mod socket;

pub use book::Miss;
pub use builder::{Replay, ReplayBuilder};
pub use recorded::{Credential, Ending, Entrance, Piece, Presented, RecordedAnswer, RecordedCall};
