//! Probes over a WebSocket: the handshake is ours, the frames are tungstenite's. Sits in `probe`.

use hyper::HeaderMap;

use super::answer::Answer;
use super::conversation::Conversation;
use super::handshake::{Handshake, shake};
use super::phases::Stopwatch;
use super::render::Rendered;
use super::transport::Rules;

/// Shakes hands, waits for the first frame, sends the messages (`shown` is how they are recorded) and follows the frames.
pub(super) async fn send(wire: Rendered, headers: HeaderMap, key: &str, shown: &[String], rules: &Rules<'_>) -> Answer {
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
