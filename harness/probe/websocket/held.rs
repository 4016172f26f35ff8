//! A socket that stays open for many messages.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::probe::websocket::error::of_socket;
use crate::probe::websocket::metered::Metered;
use crate::probe::{Close, ErrorKind, Side, TransportError};

/// Bytes that are read at once: a thousand sockets are open at the same time.
const READ_AT_ONCE: usize = 4 * 1024;
/// How long the server may take to answer the close frame.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

/// An open socket.
pub(crate) struct HeldSocket {
    socket: WebSocketStream<Metered<TokioIo<Upgraded>>>,
    /// The most bytes of one wait, and of one message.
    limit: usize,
}

/// What the server sent.
pub(crate) enum Received {
    Text(String),
    Closed(Close),
}

impl HeldSocket {
    pub(crate) async fn over(stream: TokioIo<Upgraded>, limit: usize, until: Instant) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(limit))
            .max_frame_size(Some(limit))
            .read_buffer_size(READ_AT_ONCE)
            .write_buffer_size(0);
        let limit = limit.saturating_add(READ_AT_ONCE);
        let stream = Metered::new(stream, until, limit);
        Self { socket: WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await, limit }
    }

    /// Sends a message.
    pub(crate) async fn say(&mut self, message: &str, until: Instant) -> Result<(), TransportError> {
        let sent = timeout_at(until, self.socket.send(Message::text(message))).await;
        sent.map_err(|_| late())?.map_err(|error| of_socket(&error))
    }

    /// Returns the next text, binary or close frame. May be dropped and called again without loss.
    pub(crate) async fn next(&mut self, until: Instant) -> Result<Received, TransportError> {
        self.socket.get_mut().allow(until, self.limit);
        loop {
            // A stream that is always ready would never let the timer fire.
            if Instant::now() >= until {
                return Err(late());
            }
            let next = timeout_at(until, self.socket.next()).await.map_err(|_| late())?;
            let text = match next.unwrap_or(Err(Error::ConnectionClosed)).map_err(|error| of_socket(&error))? {
                Message::Text(text) => text.to_string(),
                Message::Binary(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Message::Close(frame) => return Ok(Received::Closed(closed(frame))),
                _ => continue,
            };
            return Ok(Received::Text(text));
        }
    }

    /// Closes with 1000 and waits a moment for the close frame of the server.
    pub(crate) async fn close(mut self) {
        let soon = Instant::now() + CLOSE_GRACE;
        let ours = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        if timeout_at(soon, self.socket.close(Some(ours))).await.is_ok_and(|sent| sent.is_ok()) {
            while let Ok(Received::Text(_)) = self.next(soon).await {}
        }
    }
}

fn late() -> TransportError {
    TransportError { kind: ErrorKind::StreamTimeout, detail: "no further frame came in time".to_owned() }
}

fn closed(frame: Option<CloseFrame>) -> Close {
    let (code, reason) = frame.map_or((1005, String::new()), |frame| (frame.code.into(), frame.reason.to_string()));
    Close { code, reason, by: Side::Server }
}
