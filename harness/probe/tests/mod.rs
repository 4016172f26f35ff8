//! Tests of the prober over real sockets.
//!
//! The servers are scripts that write raw bytes, or tungstenite as the other end of a WebSocket.

mod bench;
mod browser;
mod callers;
mod coding;
mod http;
mod http2;
mod kept;
mod limits;
mod query;
mod sse;
mod sticky;
mod tls;
mod unreachable;
mod websocket;
