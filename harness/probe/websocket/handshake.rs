//! The WebSocket handshake over hyper, so that a refusal keeps its status, headers and whole body. Sits in `probe`, under `websocket`.

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

/// What became of a handshake.
pub(crate) enum Handshake {
    /// The socket is open.
    Open(TokioIo<Upgraded>),
    /// The answer holds all there is.
    Over,
}

/// Connects, asks for the upgrade and reads the answer into `answer`.
pub(crate) async fn shake(
    wire: &Rendered,
    headers: HeaderMap,
    key: &str,
    answer: &mut Answer,
    rules: &Rules<'_>,
    watch: &Stopwatch,
) -> Result<Handshake, TransportError> {
    let stream = dial(&wire.url, rules, watch).await?;
    // drives the connection; dropped with this function, it ends (an upgraded connection has left it by then)
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
        // its error is the sender's and the body's error too
        let _ = connection.with_upgrades().await;
    });
    let answered = rules.deadline.within(sender.send_request(request), ErrorKind::HttpResponseTimeout).await?;
    answered.map_err(|error| classify(&error, Stage::Waiting))
}

/// Keeps status and headers; the response goes on without them, but with its upgrade.
fn keep_head(response: Response<Incoming>, answer: &mut Answer, rules: &Rules<'_>) -> Response<Incoming> {
    let (mut parts, content) = response.into_parts();
    let extensions = std::mem::take(&mut parts.extensions);
    answer.begun(parts, rules.deadline.elapsed_ms());
    let mut response = Response::new(content);
    *response.extensions_mut() = extensions;
    response
}

/// RFC 6455, 4.1: what a client must check of a 101.
fn check(headers: &HeaderMap, key: &str) -> Result<(), TransportError> {
    let says = |name, word: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(word))
    };
    if !says(UPGRADE, "websocket") || !says(CONNECTION, "upgrade") {
        return Err(protocol("a 101 that does not upgrade to a WebSocket"));
    }
    let accept = headers.get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
    if accept != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(protocol("a 101 whose Sec-WebSocket-Accept does not answer our key"));
    }
    Ok(())
}

fn protocol(why: &(impl ToString + ?Sized)) -> TransportError {
    TransportError { kind: ErrorKind::HttpProtocolError, detail: why.to_string() }
}
