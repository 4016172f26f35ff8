//! The protocols that an endpoint can speak.

use crate::words;

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

impl EndpointKind {
    /// Reports whether a call asks for a protocol upgrade (status 101) and then exchanges frames.
    #[must_use]
    pub const fn is_upgrade(self) -> bool {
        match self {
            Self::Websocket => true,
            Self::Http | Self::Sse => false,
        }
    }

    /// Reports whether the response body is a stream of server-sent events.
    #[must_use]
    pub const fn is_event_stream(self) -> bool {
        match self {
            Self::Sse => true,
            Self::Http | Self::Websocket => false,
        }
    }

    /// Reports whether the response arrives in pieces over time: events or frames.
    #[must_use]
    pub const fn is_stream(self) -> bool {
        match self {
            Self::Sse | Self::Websocket => true,
            Self::Http => false,
        }
    }

    /// Reports whether the server ends the response by itself. Otherwise the client must decide when it has seen enough.
    #[must_use]
    pub const fn ends_by_itself(self) -> bool {
        match self {
            Self::Http | Self::Sse => true,
            Self::Websocket => false,
        }
    }
}
