//! Both sides of a recorded WebSocket.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};

use super::builder::Rewrite;
use super::pace::Pace;
use super::recorded::{Ending, RecordedCall};

/// How long a message of the client is waited for. A client that waits for the server itself sends none.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the client may take to answer a close frame.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

/// Sends the recorded messages of the server in order, each after the client's messages before it, and ends as the
/// recording ends.
pub(super) async fn hold(mut socket: WebSocket, call: Arc<RecordedCall>, pace: Pace, rewrite: Arc<Rewrite>) {
    for piece in &call.answer.pieces {
        if piece.by_client {
            if let Ok(None) = tokio::time::timeout(PATIENCE, message(&mut socket)).await {
                return;
            }
            continue;
        }
        pace.until(piece.at).await;
        if socket.send(Message::text(rewrite(&call, &piece.text))).await.is_err() {
            return;
        }
    }
    end(socket, &call.answer.ending).await;
}

/// Returns the next message of the client. `None`: the client is gone.
async fn message(socket: &mut WebSocket) -> Option<Message> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(message)) => return Some(message),
        }
    }
}

async fn end(mut socket: WebSocket, ending: &Ending) {
    match ending {
        Ending::Closed(code, reason) => {
            // Where no frame has this code, dropping the socket ends the connection.
            let Some(frame) = frame(*code, reason) else { return };
            if socket.send(Message::Close(frame)).await.is_ok() {
                let _ = tokio::time::timeout(CLOSE_GRACE, gone(&mut socket)).await;
            }
        }
        Ending::HungUp | Ending::Refused | Ending::Unrepeatable(_) => {}
        Ending::Complete | Ending::Silent => gone(&mut socket).await,
    }
}

async fn gone(socket: &mut WebSocket) {
    while message(socket).await.is_some() {}
}

/// Returns the close frame of a code. The outer `None`: the code is never sent (RFC 6455, section 7.4.1).
fn frame(code: u16, reason: &str) -> Option<Option<CloseFrame>> {
    // A control frame holds at most 125 bytes, two of them for the code.
    let end = (0..=123.min(reason.len())).rev().find(|at| reason.is_char_boundary(*at)).unwrap_or(0);
    match code {
        1005 => Some(None),
        0..1000 | 1004 | 1006 | 1015 | 5000.. => None,
        code => Some(Some(CloseFrame { code, reason: reason.get(..end).unwrap_or_default().into() })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_that_may_be_sent_make_a_frame() {
        assert!(frame(1006, "").is_none() && frame(0, "").is_none());
        assert!(frame(1005, "").is_some_and(|frame| frame.is_none()));
        let long = "é".repeat(100);
        let sent = frame(4401, &long).flatten().expect("a frame");
        assert_eq!((sent.code, sent.reason.len()), (4401, 122));
    }
}
