//! One recorded call, in plain types.

use std::time::Duration;

use axum::http::HeaderMap;

/// The server of the recorded system that a call went to. Each has a port of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entrance {
    /// The backend, through the edge.
    Edge,
    /// WebSockets, where the recorded system had another host for them.
    Websocket,
    /// The auth service.
    Auth,
    /// The backend, around the edge.
    Direct,
}

impl Entrance {
    pub(super) const ALL: [Self; 4] = [Self::Edge, Self::Websocket, Self::Auth, Self::Direct];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Edge => "edge",
            Self::Websocket => "websocket",
            Self::Auth => "auth",
            Self::Direct => "direct",
        }
    }
}

/// The credential of a call, in words that the caller of this crate chooses. Two calls match when all words are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credential {
    /// The kind of token, for example `expired`.
    pub token: String,
    /// Where the request carries it, for example `header`. Empty without a token.
    pub location: String,
    /// The service credentials.
    pub caller: String,
    /// The user of the token. Empty where it does not matter.
    pub user: String,
}

/// A request as it arrives.
#[derive(Debug)]
pub struct Presented<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The query, without the question mark.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
}

/// One recorded call and its answer.
#[derive(Clone, Debug)]
pub struct RecordedCall {
    /// The number of the call in the recording. It identifies the call in closures.
    pub number: usize,
    /// The server that was called.
    pub entrance: Entrance,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// Whether the request asked for a WebSocket.
    pub is_socket: bool,
    /// The credential of the request.
    pub credential: Credential,
    /// What came back.
    pub answer: RecordedAnswer,
}

/// What came back from a recorded call.
#[derive(Clone, Debug, Default)]
pub struct RecordedAnswer {
    /// The status code. `None`: no response began.
    pub status: Option<u16>,
    /// Headers, in order. Those that belong to a connection are not sent again.
    pub headers: Vec<(String, String)>,
    /// The body. Empty for a stream, whose text is in `pieces`.
    pub body: String,
    /// The time from the request to the status line.
    pub first_byte: Duration,
    /// Pieces of a stream, or messages of a WebSocket, in order.
    pub pieces: Vec<Piece>,
    /// How far the server's clock was ahead, in seconds, as its `Date` header showed.
    pub clock_ahead: i64,
    /// How the exchange ended.
    pub ending: Ending,
}

/// One piece of a stream, or one message of a WebSocket.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The time since the request.
    pub at: Duration,
    /// Whether the client sent it.
    pub by_client: bool,
    /// The bytes of a stream as they are sent, or the text of a message.
    pub text: String,
}

/// How a recorded exchange ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// By itself: a whole response, or a WebSocket that the client closed.
    #[default]
    Complete,
    /// The server closed the WebSocket with this code and reason. 1005 stands for no code (RFC 6455, section 7.1.5).
    Closed(u16, String),
    /// The server closed the connection: without a response, or in the middle of one.
    HungUp,
    /// The server sent nothing more, and kept the connection open.
    Silent,
    /// No server listened on the port.
    Refused,
    /// In a way that a server on loopback cannot repeat. The text names it.
    Unrepeatable(String),
}
