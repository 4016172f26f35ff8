//! The way of a request, stop by stop.
//!
//! Start at [`walk`].
//!
//! - `browser`: what a browser keeps from its page
//! - `client`: what leaves the client, and the network
//! - `edge`: the edge, on the way in and on the way out
//! - `backend`: the backend and what is behind it
//! - `verify`: how the backend verifies a token
//! - `login`: a login at the backend
//! - `auth`: the auth service, asked by the backend
//! - `own_request`: our own request to the auth service
//! - `unknown`: an effect that the vocabulary has no word for
//!
//! Invariant: a step asks for a trait only where the way depends on it.

mod auth;
mod backend;
mod browser;
mod client;
mod edge;
mod login;
mod own_request;
mod unknown;
mod verify;

pub use client::walk;
