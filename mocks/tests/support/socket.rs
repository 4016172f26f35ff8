//! A WebSocket client that keeps every frame.

use std::time::Duration;

use fivewhys_mocks::Twin;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{Request, Response};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The time limit of one frame: a hang fails the test.
const BUDGET: Duration = Duration::from_secs(10);

/// Returns an upgrade request for `target` with `headers`.
pub(crate) fn upgrade(twin: &Twin, target: &str, headers: &[(&'static str, String)]) -> Request<()> {
    let url = format!("{}{target}", twin.websocket_url());
    let mut request = url.into_client_request().expect("a URL");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a header value"));
    }
    request
}

/// Connects to `/ws` with a bearer token.
pub(crate) async fn connect(twin: &Twin, token: &str) -> Result<Stream, Error> {
    let request = upgrade(twin, "/ws", &[("authorization", format!("Bearer {token}"))]);
    connect_async(request).await.map(|(stream, _)| stream)
}

/// Returns the status of a refused upgrade and the length of its body.
pub(crate) fn refusal(error: &Error) -> (u16, usize) {
    let Error::Http(response) = error else { panic!("refused by HTTP, not by {error}") };
    let response: &Response<Option<Vec<u8>>> = response;
    (response.status().as_u16(), response.body().as_ref().map_or(0, Vec::len))
}

/// Returns the next text frame as JSON.
pub(crate) async fn next_frame(stream: &mut Stream) -> Value {
    let frame = tokio::time::timeout(BUDGET, stream.next()).await.expect("in time");
    let text = frame.expect("a frame").expect("no error").into_text().expect("text");
    serde_json::from_str(&text).expect("JSON")
}

pub(crate) async fn send(stream: &mut Stream, frame: &Value) {
    stream.send(Message::text(frame.to_string())).await.expect("sent");
}

/// Reads until the server closes. Returns the text frames, the close code and the reason.
pub(crate) async fn until_closed(stream: &mut Stream) -> (Vec<Value>, u16, String) {
    let mut frames = Vec::new();
    loop {
        let message = tokio::time::timeout(BUDGET, stream.next()).await.expect("in time");
        match message.expect("a close frame before the end").expect("no error") {
            Message::Text(text) => frames.push(serde_json::from_str(&text).expect("JSON")),
            Message::Close(Some(close)) => return (frames, close.code.into(), close.reason.to_string()),
            _ => {}
        }
    }
}

/// Returns a chat message as a client sends it.
pub(crate) fn user_message(content: &str) -> Value {
    json!({ "type": "user_message", "payload": { "content": content, "thread_id": "thread-1" } })
}

/// Returns the challenge of a refused upgrade.
pub(crate) fn challenge(error: &Error) -> Option<String> {
    let Error::Http(response) = error else { panic!("refused by HTTP, not by {error}") };
    response.headers().get("www-authenticate").map(|value| value.to_str().expect("text").to_owned())
}
