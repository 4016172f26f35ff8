//! The conversation over an open WebSocket: frames, messages, close.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode};

use crate::probe::transport::answer::{Answer, name_in};
use crate::probe::transport::deadline::Deadline;
use crate::probe::transport::{LOOK, Rules, body};
use crate::probe::websocket::error::of_socket;
use crate::probe::websocket::metered::Metered;
use crate::probe::{Close, ErrorKind, Frame, Side, TransportError};
use crate::terms::TokenLocation;

/// The wait for a greeting before the first message is sent without it.
const GREETING: Duration = Duration::from_secs(1);

/// How long the server may take to send its close frame. A real server took 100 ms from the error frame to the close
/// frame.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

/// Bytes that tungstenite reads before it looks for frames: it parses all of them without a pause.
const READ_AT_ONCE: usize = 16 * 1024;
/// Bytes of a frame beside its payload, at most (RFC 6455, 5.2).
const FRAMING: usize = 14;

/// One open socket.
pub(crate) struct Conversation<'a> {
    socket: WebSocketStream<Metered<TokioIo<Upgraded>>>,
    answer: &'a mut Answer,
    rules: &'a Rules<'a>,
    /// Number of messages of any kind, including pings.
    seen: usize,
    /// Bytes of payload received.
    bytes: usize,
}

enum Turn {
    /// A frame came. It is the last one of the answer.
    Frame,
    /// The server closed the socket.
    Closed,
}

impl<'a> Conversation<'a> {
    pub(crate) async fn over(stream: TokioIo<Upgraded>, answer: &'a mut Answer, rules: &'a Rules<'a>) -> Self {
        let limit = Some(rules.budget.body_bytes);
        let config =
            WebSocketConfig::default().max_message_size(limit).max_frame_size(limit).read_buffer_size(READ_AT_ONCE);
        let bytes = rules.budget.body_bytes.saturating_add(rules.budget.events.saturating_mul(FRAMING));
        let stream = Metered::new(stream, rules.deadline.end(), bytes.saturating_add(READ_AT_ONCE));
        let socket = WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await;
        Self { socket, answer, rules, seen: 0, bytes: 0 }
    }

    /// Follows the frames to the last one that is needed, then closes. `shown` is the form of the messages that is
    /// recorded.
    pub(crate) async fn hold(&mut self, messages: &[String], shown: &[String]) {
        match self.talk(messages, shown).await {
            Ok(Turn::Frame) => self.close().await,
            // Reading once more makes tungstenite send the close frame that answers the server's.
            Ok(Turn::Closed) => drop(self.next(&self.soon()).await),
            Err(error) => self.answer.error = Some(error),
        }
    }

    /// Follows the frames to the last one that is needed.
    async fn talk(&mut self, messages: &[String], shown: &[String]) -> Result<Turn, TransportError> {
        let greeting = self.rules.endpoint.accept.first_frame.as_ref();
        let asks = self.rules.follows() && !messages.is_empty();
        // Without a greeting, the server may wait for the client. It does so where a message has the token.
        let mut said = greeting.is_none() || self.rules.endpoint.usual_token_location() == TokenLocation::Body;
        if said {
            self.say(messages, shown).await;
        }
        let wait = if said || !asks { Duration::MAX } else { GREETING };
        let first = match timeout(wait, self.turn(&self.for_first())).await {
            Ok(first) => first?,
            // The frame may also be the server's answer to the first message.
            Err(_) => {
                said = true;
                self.say(messages, shown).await;
                self.turn(&self.for_first()).await?
            }
        };
        if let Turn::Closed = first {
            return Ok(Turn::Closed);
        }
        if greeting.is_some_and(|greeting| !self.last_json().is_some_and(|json| greeting.holds(&json))) {
            return self.linger().await;
        }
        if self.is_last() {
            return Ok(Turn::Frame);
        }
        if !self.rules.follows() {
            return if greeting.is_some() { Ok(Turn::Frame) } else { self.linger().await };
        }
        if !said {
            self.say(messages, shown).await;
        }
        loop {
            if matches!(self.next_turn().await?, Turn::Closed) {
                return Ok(Turn::Closed);
            }
            if self.is_last() {
                return Ok(Turn::Frame);
            }
        }
    }

    /// Waits a moment after a frame that may mean a refusal: a close frame with the reason may follow.
    async fn linger(&mut self) -> Result<Turn, TransportError> {
        let soon = self.soon();
        loop {
            match self.turn(&soon).await {
                Ok(Turn::Frame) => {}
                Err(error) if error.kind == ErrorKind::StreamTimeout => return Ok(Turn::Frame),
                other => return other,
            }
        }
    }

    fn is_last(&self) -> bool {
        self.answer.frames.last().is_some_and(|frame| self.rules.ends_with(&frame.name))
    }

    fn last_json(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.answer.frames.last()?.data).ok()
    }

    async fn say(&mut self, messages: &[String], shown: &[String]) {
        for (message, shown) in messages.iter().zip(shown) {
            let sent = self.rules.deadline.within(self.socket.send(Message::text(message)), ErrorKind::StreamTimeout);
            // The server closed the socket; its close frame can still be read.
            if !matches!(sent.await, Ok(Ok(()))) {
                return;
            }
            self.keep(Side::Client, shown.clone());
        }
    }

    /// Waits for the next frame or the close frame of the server.
    async fn turn(&mut self, deadline: &Deadline) -> Result<Turn, TransportError> {
        loop {
            let data = match self.next(deadline).await? {
                Message::Text(text) => text.to_string(),
                Message::Binary(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Message::Close(frame) => {
                    self.answer.close = Some(closed(frame, Side::Server));
                    return Ok(Turn::Closed);
                }
                _ => continue,
            };
            self.bytes += data.len();
            if self.bytes > self.rules.budget.body_bytes {
                return Err(body::too_large(self.rules.budget.body_bytes));
            }
            self.keep(Side::Server, data);
            return Ok(Turn::Frame);
        }
    }

    fn for_first(&self) -> Deadline {
        self.rules.deadline.for_content()
    }

    /// Waits for the next frame as long as it may come.
    async fn next_turn(&mut self) -> Result<Turn, TransportError> {
        let since = Instant::now();
        loop {
            let whole = self.rules.for_next(self.answer.last_name(), since);
            match timeout(LOOK, self.turn(&whole)).await {
                Ok(Err(error)) if error.kind == ErrorKind::StreamTimeout => {
                    return Err(self.rules.in_vain(self.answer.last_name(), &whole));
                }
                Ok(other) => return other,
                Err(_) => {}
            }
        }
    }

    fn soon(&self) -> Deadline {
        self.rules.deadline.at_most(CLOSE_GRACE)
    }

    async fn next(&mut self, deadline: &Deadline) -> Result<Message, TransportError> {
        self.socket.get_mut().until = deadline.end();
        let next = deadline.within(self.socket.next(), ErrorKind::StreamTimeout).await?;
        self.seen += 1;
        if self.seen > self.rules.budget.events {
            return Err(self.rules.too_many());
        }
        let next = next.unwrap_or(Err(tokio_tungstenite::tungstenite::Error::ConnectionClosed));
        next.map_err(|error| match of_socket(&error) {
            error if error.kind == ErrorKind::StreamTimeout => deadline.passed(error.kind),
            error if error.kind == ErrorKind::EventLimit => self.rules.too_many(),
            error => error,
        })
    }

    fn keep(&mut self, from: Side, data: String) {
        let name = name_in(self.rules.endpoint, &data).unwrap_or_default();
        self.answer.frames.push(Frame { at_ms: self.rules.deadline.at_ms(), from, name, data });
    }

    /// Closes with 1000 and waits a moment for the close frame of the server. The server sent a frame with another code
    /// before it received this one.
    async fn close(&mut self) {
        let ours = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        let soon = self.soon();
        let sent = soon.within(self.socket.close(Some(ours)), ErrorKind::StreamTimeout);
        if !matches!(sent.await, Ok(Ok(()))) {
            return;
        }
        self.answer.close = Some(Close { code: 1000, reason: String::new(), by: Side::Client });
        while let Ok(message) = self.next(&soon).await {
            if let Message::Close(Some(theirs)) = message
                && theirs.code != CloseCode::Normal
            {
                self.answer.close = Some(closed(Some(theirs), Side::Server));
            }
        }
    }
}

/// Returns the close code and reason. A frame without a code gives 1005 (RFC 6455, 7.1.5).
fn closed(frame: Option<CloseFrame>, by: Side) -> Close {
    frame.map_or(Close { code: 1005, reason: String::new(), by }, |frame| Close {
        code: frame.code.into(),
        reason: frame.reason.to_string(),
        by,
    })
}
