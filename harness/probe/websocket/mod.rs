//! Probes over a WebSocket: the handshake is ours, the frames are tungstenite's. Sits in `probe`.

pub(crate) mod conversation;
pub(crate) mod dial;
pub(crate) mod error;
pub(crate) mod handshake;

use hyper::HeaderMap;

use crate::probe::request::render::Rendered;
use crate::probe::transport::Rules;
use crate::probe::transport::answer::Answer;
use crate::probe::transport::phases::Stopwatch;
use crate::probe::websocket::conversation::Conversation;
use crate::probe::websocket::handshake::{Handshake, shake};

/// Shakes hands, waits for the first frame, sends the messages (`shown` is how they are recorded) and follows the frames.
pub(crate) async fn send(wire: Rendered, headers: HeaderMap, key: &str, shown: &[String], rules: &Rules<'_>) -> Answer {
    let watch = Stopwatch::default();
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
