//! The protocols that an endpoint can speak.

use super::words;

words! {
    /// How an endpoint answers.
    pub enum EndpointKind {
        /// One request, one body.
        Http => "http",
        /// A stream of server-sent events.
        Sse => "sse",
        /// An upgrade, then frames.
        Websocket => "websocket",
    }
}
