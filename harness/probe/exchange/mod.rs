//! The record of a probe: what was sent, what came back, and when. Serialisable and redacted.
//!
//! - `key`: what was probed
//! - `browser`: what a browser adds to the call
//! - `error`: why the exchange ended early
//!
//! Invariant: this folder only contains data; it opens no connection.

pub(crate) mod browser;
pub(crate) mod error;
pub(crate) mod key;

use serde::{Deserialize, Serialize};

use crate::probe::{AsBrowser, Blocked, GrpcStatus, ProbeKey, TransportError};
use crate::token::IssuedJwt;

/// One probe with its response, if one came. Contains no token and no secret: they are replaced before the exchange is
/// built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Exchange {
    /// Ordinal within the run, from 1.
    pub id: u32,
    /// What was probed.
    pub probe: ProbeKey,
    /// `scenario/step`, if a step of a scenario sent it; absent if the diagnosis sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// When the probe was sent, by the local clock.
    pub started_at: jiff::Timestamp,
    /// The W3C trace id that was sent in `traceparent`: 32 hex digits.
    pub trace_id: String,
    /// The request.
    pub request: SentRequest,
    /// Status line and headers of the response, if one came. For a WebSocket: of the handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
    /// The body, up to the size limit. Empty for an upgraded WebSocket.
    #[serde(default)]
    pub body: Body,
    /// The fields after the body, names in lower case: the trailers of HTTP, and those in the last frame of a gRPC-Web body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trailers: Vec<(String, String)>,
    /// Server-sent events, in order of arrival.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<StreamEvent>,
    /// WebSocket text and binary frames, both directions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
    /// How the WebSocket was closed, if a close frame was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close: Option<Close>,
    /// What ended the exchange early: no response, an incomplete response, a deadline, a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TransportError>,
    /// What a browser adds to the call, in a target whose clients are browsers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<AsBrowser>,
    /// Why a browser keeps the response from the page, or closes its socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Blocked>,
    /// Whether the connection was lost before any part of the request was sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsent: bool,
    /// Whether an issuer endpoint sent no token where the target says that it is: in `issued_cookie` or at `issued_token`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unissued: bool,
    /// Phase times.
    pub phases: Phases,
    /// What the token tells that the auth service issued: at an issuer endpoint, and where such a token was sent.
    #[serde(flatten)]
    pub issued: IssuedJwt,
}

/// The request as it was sent, with credentials replaced by `<token:KIND>` and `<secret>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SentRequest {
    /// `GET`, `POST`, … For a WebSocket: `GET`.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Headers in the order they were set.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// Status line and headers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// `HTTP/1.1`, `HTTP/2.0`.
    pub version: String,
    /// Headers in the order received, names in lower case, repeated names repeated.
    pub headers: Vec<(String, String)>,
}

/// The body as far as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Body {
    /// The bytes as text (lossy UTF-8), redacted.
    pub text: String,
    /// How many bytes were received.
    pub bytes: usize,
    /// Whether the body was cut: at the size limit of the target, or at the 64 KiB that a report keeps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// One server-sent event (WHATWG HTML, 9.2.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StreamEvent {
    /// Milliseconds after the request was sent.
    pub at_ms: u64,
    /// The event's name: what the endpoint's `event_name` finds in the data, else the `event:` field, else `message`.
    pub name: String,
    /// The data, redacted.
    pub data: String,
}

/// One WebSocket message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Frame {
    /// Milliseconds after the request was sent.
    pub at_ms: u64,
    /// Which side sent it.
    pub from: Side,
    /// The event's name, as for [`StreamEvent::name`]; empty when there is none.
    pub name: String,
    /// The payload as text, redacted.
    pub data: String,
}

/// One end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The harness.
    Client,
    /// The system under test.
    Server,
}

/// A WebSocket close frame (RFC 6455, 7.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Close {
    /// The close code; 1005 if the frame had none.
    pub code: u16,
    /// The reason, redacted.
    pub reason: String,
    /// Which side closed first.
    pub by: Side,
}

/// Phase times in milliseconds after the request was started. A phase that was not reached is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Phases {
    /// Name resolution took this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_ms: Option<f64>,
    /// TCP and TLS took this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<f64>,
    /// Whether the request was sent over a connection that an earlier request had opened. It then has neither of the
    /// times above.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reused: bool,
    /// The status line had arrived after this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte_ms: Option<f64>,
    /// The exchange ended after this long.
    pub end_ms: f64,
}

impl Phases {
    /// Reports whether there was a connection, new or reused.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.connect_ms.is_some() || self.reused
    }
}

impl Exchange {
    /// Returns when it ended, by this machine's clock.
    pub(crate) fn ended_at(&self) -> jiff::Timestamp {
        let took = jiff::SignedDuration::from_micros((self.phases.end_ms * 1000.0) as i64);
        self.started_at.saturating_add(took).unwrap_or(self.started_at)
    }

    /// Keeps at most this many bytes of the body, and of all events or frames together.
    pub(crate) fn shorten(&mut self, most: usize) {
        if self.body.text.len() > most {
            cut(&mut self.body.text, most);
            self.body.truncated = true;
        }
        let mut left = most;
        let events = self.events.iter_mut().flat_map(|event| [&mut event.name, &mut event.data]);
        let frames = self.frames.iter_mut().flat_map(|frame| [&mut frame.name, &mut frame.data]);
        for text in events.chain(frames) {
            cut(text, left);
            left -= text.len();
        }
    }

    /// Returns the first header of this name (lower case), if any.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = &self.head.as_ref()?.headers;
        headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Returns every header of this name (lower case), in order.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let all = self.head.iter().flat_map(|head| &head.headers);
        all.filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Returns every header and trailer of this name (lower case), in order.
    pub fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let trailers = self.trailers.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str());
        self.headers(name).chain(trailers)
    }

    /// Returns the status code, if a status line arrived.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.head.as_ref().map(|head| head.status)
    }

    /// Returns the status of a gRPC call, if the response has one. Of several, the first that is a failure counts.
    #[must_use]
    pub fn grpc_status(&self) -> Option<GrpcStatus> {
        let mut all = self.fields("grpc-status").map(GrpcStatus::read);
        let first = all.next()?;
        Some(std::iter::once(first).chain(all).find(|one| !one.is_ok()).unwrap_or(first))
    }

    /// Returns the status of a gRPC call that failed, whatever the status code is.
    pub(crate) fn grpc_failure(&self) -> Option<GrpcStatus> {
        self.grpc_status().filter(|status| !status.is_ok())
    }

    /// Returns the status code, or the one that means the same as the status of a failed gRPC call.
    pub(crate) fn meant_status(&self) -> Option<u16> {
        self.grpc_failure().map(GrpcStatus::as_http).or(self.status())
    }

    /// Returns the status code in words, with the status of a gRPC call: `200, gRPC status 5 (NOT_FOUND)`.
    pub(crate) fn shown_status(&self) -> Option<String> {
        let status = self.status()?;
        Some(self.grpc_status().map_or_else(|| status.to_string(), |grpc| format!("{status}, gRPC status {grpc}")))
    }

    /// Returns the frames that the server sent.
    pub fn received(&self) -> impl Iterator<Item = &Frame> {
        self.frames.iter().filter(|frame| frame.from == Side::Server)
    }
}

/// Cuts a text to at most this many bytes, at the end of a character.
fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate((0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
        text.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::exchange;
    use crate::terms::TokenKind;

    #[test]
    fn a_failed_grpc_call_counts_wherever_its_status_stands() {
        let answered = exchange("backend.health", TokenKind::Valid).answered(200, "application/grpc-web", "");
        assert_eq!((answered.grpc_status(), answered.meant_status()), (None, Some(200)));
        let mut answered = answered.with_header("grpc-status", "0");
        assert_eq!((answered.grpc_failure(), answered.meant_status()), (None, Some(200)));
        answered.trailers = ["0", "16", "5"].map(|code| ("grpc-status".to_owned(), code.to_owned())).to_vec();
        assert_eq!(answered.meant_status(), Some(401));
        assert_eq!(answered.shown_status().as_deref(), Some("200, gRPC status 16 (UNAUTHENTICATED)"));
    }

    #[test]
    fn a_shortened_exchange_keeps_the_start_of_its_texts() {
        let event = |data: &str| StreamEvent { at_ms: 0, name: "n".to_owned(), data: data.to_owned() };
        let mut long = Exchange {
            events: vec![event("abc"), event("défg"), event("h")],
            ..exchange("backend.health", TokenKind::Valid)
        };
        long.body.text = "abcé".to_owned();
        long.shorten(7);
        assert_eq!((long.body.text.as_str(), long.body.truncated), ("abcé", false));
        let kept: Vec<&str> = long.events.iter().map(|event| event.data.as_str()).collect();
        assert_eq!(kept, ["abc", "d", ""]);
        long.shorten(4);
        assert_eq!((long.body.text.as_str(), long.body.truncated), ("abc", true));
    }
}
