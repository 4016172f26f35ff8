//! A response that can be altered before it is sent.

use std::sync::Arc;
use std::time::Duration;

use fivewhys::internal::config::Endpoint;
use fivewhys::internal::probe::{Exchange, Side};

/// How the pieces of a response are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As one body.
    Body,
    /// As server-sent events.
    Events,
    /// As frames of a WebSocket.
    Frames,
}

/// One body, event or frame.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// The name of the event or frame.
    pub(crate) name: String,
    pub(crate) data: String,
}

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) form: Form,
    pub(crate) pieces: Vec<Piece>,
    /// The code with which a WebSocket is closed after the last frame.
    pub(crate) close: u16,
    /// Whether the connection ends before the end of the body.
    pub(crate) cut: bool,
    /// The delay of the first piece.
    pub(crate) before_first: Duration,
    /// The delay of the last piece.
    pub(crate) before_last: Duration,
}

/// Alters a response.
pub(crate) type Change = Arc<dyn Fn(&mut Response) + Send + Sync>;

impl Response {
    /// Returns a response with one body.
    pub(crate) fn page(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let pieces = vec![Piece { name: String::new(), data: body.to_owned() }];
        let (before_first, before_last) = (Duration::ZERO, Duration::ZERO);
        Self { status, headers, form: Form::Body, pieces, close: 1000, cut: false, before_first, before_last }
    }

    /// Returns the response that an exchange recorded.
    pub(crate) fn recorded(exchange: &Exchange, endpoint: &Endpoint) -> Self {
        let head = exchange.head.as_ref().expect("a healthy system responds");
        let body = Self { headers: head.headers.clone(), ..Self::page(head.status, &[], &exchange.body.text) };
        let piece = |name: &str, data: &str| Piece { name: name.to_owned(), data: data.to_owned() };
        if endpoint.kind.is_upgrade() && head.status == 101 {
            let pieces = exchange.received().map(|frame| piece(&frame.name, &frame.data)).collect();
            let by_server = exchange.close.as_ref().filter(|close| close.by == Side::Server);
            let close = by_server.map_or(body.close, |close| close.code);
            return Self { form: Form::Frames, pieces, close, ..body };
        }
        if endpoint.kind.is_event_stream() && !exchange.events.is_empty() {
            let pieces = exchange.events.iter().map(|event| piece(&event.name, &event.data)).collect();
            return Self { form: Form::Events, pieces, ..body };
        }
        body
    }

    /// Removes every event or frame of this name.
    pub(crate) fn drop_named(&mut self, name: &str) {
        self.pieces.retain(|piece| piece.name != name);
    }

    /// Moves every event of the name `later` in front of the first one of the name `earlier`.
    pub(crate) fn move_before(&mut self, later: &str, earlier: &str) {
        let (moved, mut kept): (Vec<_>, Vec<_>) = self.pieces.drain(..).partition(|piece| piece.name == later);
        let at = kept.iter().position(|piece| piece.name == earlier).unwrap_or(0);
        kept.splice(at..at, moved);
        self.pieces = kept;
    }

    /// Replaces the body, if `alter` returns one.
    pub(crate) fn alter_body(&mut self, alter: impl Fn(&str) -> Option<String>) {
        for piece in &mut self.pieces {
            if let Some(altered) = alter(&piece.data) {
                piece.data = altered;
            }
        }
    }
}
