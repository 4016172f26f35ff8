//! The WebSocket handshake over hyper: tungstenite's own would lose the body of a refusal.

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderValue, SEC_WEBSOCKET_ACCEPT, UPGRADE};
use hyper::upgrade::Upgraded;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use url::{Position, Url};

use crate::probe::request::render::Rendered;
use crate::probe::transport::answer::Answer;
use crate::probe::transport::classify::{Stage, classify};
use crate::probe::transport::phases::Stopwatch;
use crate::probe::transport::{Rules, body};
use crate::probe::websocket::dial::{Connection, dial};
use crate::probe::{ErrorKind, TransportError};

/// The result of a handshake.
pub(crate) enum Handshake {
    /// The socket is open.
    Open(TokioIo<Upgraded>),
    /// The server refused; the answer contains its complete response.
    Over,
}

/// Connects, asks for the upgrade and reads the response into `answer`.
pub(crate) async fn shake(
    wire: &Rendered,
    headers: HeaderMap,
    key: &str,
    answer: &mut Answer,
    rules: &Rules<'_>,
    watch: &Stopwatch,
) -> Result<Handshake, TransportError> {
    let stream = dial(&wire.url, rules, watch).await?;
    // This task drives the connection and ends with this function. An upgraded connection no longer needs it.
    let mut driver = JoinSet::new();
    let response = ask(stream, request(wire, headers)?, &mut driver, rules).await?;
    let is_open = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    let mut response = keep_head(response, answer, rules);
    if !is_open {
        body::read(response.body_mut(), answer, rules.budget.body_bytes, &rules.deadline).await;
        return Ok(Handshake::Over);
    }
    check(&answer.headers, key)?;
    let upgrade = rules.deadline.within(hyper::upgrade::on(response), ErrorKind::HttpResponseTimeout).await?;
    let upgraded = upgrade.map_err(|error| classify(&error, Stage::Reading))?;
    Ok(Handshake::Open(TokioIo::new(upgraded)))
}

fn request(wire: &Rendered, mut headers: HeaderMap) -> Result<Request<Empty<Bytes>>, TransportError> {
    if !headers.contains_key(HOST) {
        headers.insert(HOST, host(&wire.url)?);
    }
    let target = &wire.url[Position::BeforePath..Position::AfterQuery];
    let mut request =
        Request::builder().method(&wire.method).uri(target).body(Empty::new()).map_err(|e| protocol(&e))?;
    *request.headers_mut() = headers;
    Ok(request)
}

fn host(url: &Url) -> Result<HeaderValue, TransportError> {
    HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort]).map_err(|error| protocol(&error))
}

async fn ask(
    stream: Box<dyn Connection>,
    request: Request<Empty<Bytes>>,
    driver: &mut JoinSet<()>,
    rules: &Rules<'_>,
) -> Result<Response<Incoming>, TransportError> {
    let shaken = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(|error| classify(&error, Stage::Waiting))?;
    driver.spawn(async move {
        // The sender and the body report the same error.
        let _ = connection.with_upgrades().await;
    });
    let answered = rules.deadline.within(sender.send_request(request), ErrorKind::HttpResponseTimeout).await?;
    answered.map_err(|error| classify(&error, Stage::Waiting))
}

/// Moves status and headers into `answer`. The returned response keeps the body and the upgrade.
fn keep_head(response: Response<Incoming>, answer: &mut Answer, rules: &Rules<'_>) -> Response<Incoming> {
    let (mut parts, content) = response.into_parts();
    let extensions = std::mem::take(&mut parts.extensions);
    answer.begun(parts, rules.deadline.elapsed_ms());
    let mut response = Response::new(content);
    *response.extensions_mut() = extensions;
    response
}

/// Checks a 101 response as RFC 6455, 4.1 requires.
fn check(headers: &HeaderMap, key: &str) -> Result<(), TransportError> {
    let says = |name, word: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(word))
    };
    if !says(UPGRADE, "websocket") || !says(CONNECTION, "upgrade") {
        return Err(not_upgraded("the 101 response does not upgrade to a WebSocket"));
    }
    let accept = headers.get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
    if accept != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(not_upgraded("the Sec-WebSocket-Accept of the 101 response does not match the key"));
    }
    Ok(())
}

fn not_upgraded(why: &str) -> TransportError {
    TransportError { kind: ErrorKind::HttpUpgradeFailed, detail: why.to_owned() }
}

fn protocol(why: &(impl ToString + ?Sized)) -> TransportError {
    TransportError { kind: ErrorKind::HttpProtocolError, detail: why.to_string() }
}
