//! Probes over a WebSocket.
//!
//! - `dial`: the TCP and TLS connection
//! - `handshake`: the upgrade over hyper, so that a refusal keeps its status, headers and complete body
//! - `conversation`: frames, messages and the close, over tungstenite
//! - `held`: a socket that stays open for many messages
//! - `tunnel`: the way through a forward proxy
//! - `metered`: limits on the bytes and on the time of an open socket
//! - `error`: maps an error of tungstenite to a kind of RFC 9209
//!
//! Invariant: the messages are sent as they are rendered, and recorded in their form for the record.

pub(crate) mod conversation;
pub(crate) mod dial;
pub(crate) mod error;
pub(crate) mod handshake;
pub(crate) mod held;
pub(crate) mod metered;
pub(crate) mod tunnel;

use hyper::HeaderMap;

use crate::probe::request::render::Rendered;
use crate::probe::transport::Rules;
use crate::probe::transport::answer::Answer;
use crate::probe::transport::phases::Stopwatch;
use crate::probe::websocket::conversation::Conversation;
use crate::probe::websocket::handshake::{Handshake, shake};

/// Opens the socket, waits for the first frame, sends the messages, and follows the frames. `shown` is the form that is
/// recorded.
pub(crate) async fn send(wire: Rendered, headers: HeaderMap, key: &str, shown: &[String], rules: &Rules<'_>) -> Answer {
    let watch = Stopwatch::towards(rules.fixed);
    let mut answer = Answer::default();
    match shake(&wire, headers, key, &mut answer, rules, &watch).await {
        Ok(Handshake::Open(stream)) => {
            let mut socket = Conversation::over(stream, &mut answer, rules).await;
            socket.hold(&wire.messages, shown).await;
        }
        Ok(Handshake::Over) => {}
        Err(error) => answer.error = Some(error),
    }
    answer.ended(&watch, rules.deadline.elapsed_ms());
    answer
}
