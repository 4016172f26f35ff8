//! Sends one altered response, as HTTP or over a WebSocket.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use crate::expectations::response::{Form, Response};

/// An error that ends a response early.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The body of a response of the proxy.
pub(crate) type Body = UnsyncBoxBody<Bytes, Fault>;

/// Makes the HTTP response.
pub(crate) fn reply(response: &Response) -> Result<hyper::Response<Body>, Fault> {
    let mut sent = hyper::Response::new(body(response));
    *sent.status_mut() = StatusCode::from_u16(response.status)?;
    *sent.headers_mut() = headers(response)?;
    Ok(sent)
}

/// Answers a request that asks for a WebSocket.
pub(crate) fn upgrade(request: Request<Incoming>, response: Response) -> Result<hyper::Response<Body>, Fault> {
    if response.form != Form::Frames {
        return reply(&response);
    }
    let mut sent = reply(&Response { pieces: Vec::new(), ..response.clone() })?;
    let key = request.headers().get(SEC_WEBSOCKET_KEY).ok_or("the request upgrades to no WebSocket")?;
    sent.headers_mut().insert(SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes()).parse()?);
    sent.headers_mut().insert("connection", HeaderValue::from_static("upgrade"));
    sent.headers_mut().insert("upgrade", HeaderValue::from_static("websocket"));
    tokio::spawn(async move {
        // The client may hang up at any time.
        drop(converse(request, response).await);
    });
    Ok(sent)
}

fn headers(response: &Response) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    let left_out = ["content-length", "transfer-encoding", "connection"];
    for (name, value) in response.headers.iter().filter(|(name, _)| !left_out.contains(&name.as_str())) {
        headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    if response.cut {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("100000"));
    }
    Ok(headers)
}

fn body(response: &Response) -> Body {
    let text = |name: &str, data: &str| match response.form {
        Form::Events => {
            let lines: String = data.lines().map(|line| format!("data: {line}\n")).collect();
            format!("event: {name}\n{lines}\n")
        }
        Form::Body | Form::Frames => data.to_owned(),
    };
    let texts = response.pieces.iter().map(|piece| text(&piece.name, &piece.data));
    let mut pieces: Vec<_> = delays(response).into_iter().zip(texts.map(Ok)).collect();
    if response.cut {
        pieces.push((Duration::ZERO, Err("the proxy cuts the body".to_owned())));
    }
    let frames = stream::iter(pieces).then(|(delay, piece)| async move {
        tokio::time::sleep(delay).await;
        piece.map(|text| Frame::data(Bytes::from(text))).map_err(Fault::from)
    });
    StreamBody::new(frames).boxed_unsync()
}

fn delays(response: &Response) -> Vec<Duration> {
    let mut delays = vec![Duration::ZERO; response.pieces.len()];
    if let Some(first) = delays.first_mut() {
        *first += response.before_first;
    }
    if let Some(last) = delays.last_mut() {
        *last += response.before_last;
    }
    delays
}

/// Sends the first frame, waits for a message of the client, sends the other frames, and closes.
async fn converse(request: Request<Incoming>, response: Response) -> Result<(), Fault> {
    let upgraded = TokioIo::new(hyper::upgrade::on(request).await?);
    let mut socket = WebSocketStream::from_raw_socket(upgraded, Role::Server, None).await;
    for (at, (piece, delay)) in response.pieces.iter().zip(delays(&response)).enumerate() {
        if at == 1 && !matches!(socket.next().await, Some(Ok(Message::Text(_)))) {
            break;
        }
        tokio::time::sleep(delay).await;
        socket.send(Message::text(&*piece.data)).await?;
    }
    socket.close(Some(CloseFrame { code: CloseCode::from(response.close), reason: "".into() })).await?;
    while let Some(Ok(_)) = socket.next().await {}
    Ok(())
}
