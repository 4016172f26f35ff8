//! The protocols that an endpoint can speak.

use super::words;

words! {
    /// The protocol of an endpoint.
    pub enum EndpointKind {
        /// One request and one response.
        Http => "http",
        /// A stream of server-sent events.
        Sse => "sse",
        /// A WebSocket: a handshake, then frames.
        Websocket => "websocket",
    }
}
