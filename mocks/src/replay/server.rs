//! The servers of a replay. wiremock finds and gives the answer; a front end in front of it sends streams in time, holds
//! WebSockets and closes connections, which wiremock cannot.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use reqwest::{Client, redirect};
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use super::book::{Book, Key, Miss};
use super::builder::{Name, Rewrite};
use super::headers;
use super::pace::Pace;
use super::recorded::{Ending, Entrance, Piece, Presented, RecordedCall};
use super::socket;
use crate::net::{HangUp, wants_upgrade};
use crate::terms::BootError;

/// Tells wiremock which server was called, and whether as a WebSocket.
const ENTRANCE: HeaderName = HeaderName::from_static("x-replay-entrance");
const SOCKET: HeaderName = HeaderName::from_static("x-replay-socket");
/// Tells the front end which recorded call is served.
const CALL: HeaderName = HeaderName::from_static("x-replay-call");

/// Marks the answer to a request that the recording lacks.
const MISSING: HeaderName = HeaderName::from_static("x-replay-missing");

/// The largest body of a request, in bytes.
const REQUEST: usize = 1 << 20;
/// The time in which the last piece of a stream reaches the client before the connection is closed.
const FLUSH: Duration = Duration::from_millis(50);

/// Starts the wiremock server that gives the recorded answers.
pub(super) async fn answers(
    book: &Arc<Book>,
    name: Arc<Name>,
    rewrite: Arc<Rewrite>,
    listener: TcpListener,
) -> MockServer {
    // wiremock would record every token.
    let server = MockServer::builder().listener(listener).disable_request_recording().start().await;
    Mock::given(any()).respond_with(Answers { book: Arc::clone(book), name, rewrite }).mount(&server).await;
    server
}

/// Gives the recorded answer to a request, without its times.
struct Answers {
    book: Arc<Book>,
    name: Arc<Name>,
    rewrite: Arc<Rewrite>,
}

impl Respond for Answers {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let call = match self.book.next(&self.keys(request)) {
            Ok(call) => call,
            Err(miss) => return not_recorded(&miss),
        };
        let template = match (&call.answer.ending, call.answer.status) {
            (Ending::Unrepeatable(what), _) => {
                ResponseTemplate::new(501).set_body_json(json!({ "error": "not repeatable", "detail": what }))
            }
            (_, Some(status @ 200..=999)) => {
                ResponseTemplate::new(status).set_body_bytes((self.rewrite)(&call, &call.answer.body).into_bytes())
            }
            // The front end closes the connection, or opens a WebSocket.
            _ => ResponseTemplate::new(200),
        };
        template.append_header(CALL, call.number)
    }
}

impl Answers {
    fn keys(&self, request: &wiremock::Request) -> Vec<Key> {
        let sent = |name: HeaderName| request.headers.get(name).and_then(|value| value.to_str().ok());
        let entrance = Entrance::ALL.into_iter().find(|one| sent(ENTRANCE) == Some(one.as_str()));
        let presented = Presented {
            method: request.method.as_str(),
            path: request.url.path(),
            query: request.url.query(),
            headers: &request.headers,
            body: &request.body,
        };
        let key = |credential| Key {
            entrance: entrance.unwrap_or(Entrance::Edge),
            path: presented.path.to_owned(),
            method: presented.method.to_owned(),
            is_socket: sent(SOCKET).is_some(),
            credential,
        };
        (self.name)(&presented).into_iter().map(key).collect()
    }
}

fn not_recorded(miss: &Miss) -> ResponseTemplate {
    ResponseTemplate::new(501).append_header(MISSING, "1").set_body_json(json!({
        "error": "not recorded",
        "detail": format!("the recording has no {}", miss.asked),
        "nearest": miss.nearest,
    }))
}

/// The front end of one server.
pub(super) struct Front {
    book: Arc<Book>,
    answers: String,
    client: Client,
    entrance: Entrance,
    real_time: bool,
    rewrite: Arc<Rewrite>,
}

impl Front {
    pub(super) fn new(
        book: &Arc<Book>,
        answers: &MockServer,
        entrance: Entrance,
        real_time: bool,
        rewrite: &Arc<Rewrite>,
    ) -> Result<Self, BootError> {
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none());
        let client = client.tls_certs_only(std::iter::empty()).build()?;
        let (book, rewrite) = (Arc::clone(book), Arc::clone(rewrite));
        Ok(Self { book, answers: answers.uri(), client, entrance, real_time, rewrite })
    }

    pub(super) fn router(self) -> Router {
        Router::new().fallback(handle).with_state(Arc::new(self))
    }

    /// Asks wiremock for the answer.
    async fn ask(&self, request: Request) -> Option<Response> {
        let is_socket = wants_upgrade(&request);
        let (mut parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, REQUEST).await.ok()?;
        for name in [header::HOST, header::CONNECTION, header::UPGRADE, header::TRANSFER_ENCODING, SOCKET] {
            parts.headers.remove(name);
        }
        parts.headers.insert(ENTRANCE, HeaderValue::from_static(self.entrance.as_str()));
        if is_socket {
            parts.headers.insert(SOCKET, HeaderValue::from_static("1"));
        }
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let sent = self.client.request(parts.method, format!("{}{target}", self.answers));
        let answer = sent.headers(parts.headers).body(body).send().await.ok()?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.ok()?;
        let mut response = (status, body).into_response();
        response.headers_mut().remove(header::CONTENT_TYPE);
        for name in [CALL, MISSING, header::CONTENT_TYPE] {
            headers.get(&name).and_then(|value| response.headers_mut().insert(name, value.clone()));
        }
        Some(response)
    }

    fn call(&self, response: &mut Response) -> Option<Arc<RecordedCall>> {
        let number = response.headers_mut().remove(CALL)?;
        self.book.numbered(number.to_str().ok()?.parse().ok()?)
    }

    /// Makes the response of a recorded call from what wiremock gave.
    async fn perform(&self, call: &Arc<RecordedCall>, given: Response, pace: Pace) -> Response {
        let answer = &call.answer;
        pace.until(answer.first_byte).await;
        if matches!(answer.ending, Ending::Unrepeatable(_)) {
            return given;
        }
        let mut response = match answer.status {
            None if answer.ending == Ending::Silent => std::future::pending().await,
            None => return hang_up(),
            Some(204 | 304) => given.map(|_| Body::empty()),
            Some(_) if self.is_whole(call) => given,
            Some(_) => {
                let (parts, body) = given.into_parts();
                let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
                Response::from_parts(parts, self.streamed(call, &whole, pace))
            }
        };
        *response.headers_mut() = headers::of(answer);
        headers::date(answer).and_then(|date| response.headers_mut().insert(header::DATE, date));
        response
    }

    fn is_whole(&self, call: &RecordedCall) -> bool {
        call.answer.pieces.is_empty()
            && !matches!(call.answer.ending, Ending::HungUp | Ending::Silent | Ending::Refused)
    }

    /// Sends the pieces of a stream in time, then ends as the recording ends.
    fn streamed(&self, call: &Arc<RecordedCall>, whole: &Bytes, pace: Pace) -> Body {
        let pieces = call.answer.pieces.iter().filter(|piece| !piece.by_client);
        let text = |piece: &Piece| (piece.at, Bytes::from((self.rewrite)(call, &piece.text)));
        let mut texts: Vec<(Duration, Bytes)> = pieces.map(text).collect();
        if texts.is_empty() && !whole.is_empty() {
            texts.push((call.answer.first_byte, whole.clone()));
        }
        let sent = stream::iter(texts).then(move |(at, text)| async move {
            pace.until(at).await;
            Ok::<_, std::io::Error>(text)
        });
        let ending = call.answer.ending.clone();
        let end = stream::once(async move {
            match ending {
                Ending::Silent => std::future::pending().await,
                Ending::HungUp | Ending::Refused => {
                    tokio::time::sleep(FLUSH).await;
                    Err(std::io::Error::other("the recorded stream broke off"))
                }
                _ => Ok(Bytes::new()),
            }
        });
        Body::from_stream(sent.chain(end))
    }

    /// Opens a WebSocket as the recording did.
    fn open(&self, call: Arc<RecordedCall>, upgrade: WebSocketUpgrade, pace: Pace) -> Response {
        let recorded = headers::of(&call.answer);
        let rewrite = Arc::clone(&self.rewrite);
        let mut response = upgrade.on_upgrade(async move |socket| socket::hold(socket, call, pace, rewrite).await);
        merge(response.headers_mut(), recorded);
        response
    }
}

/// Adds recorded headers. The subprotocol that the server chose is one of them.
fn merge(headers: &mut HeaderMap, recorded: HeaderMap) {
    for (name, value) in recorded.iter() {
        headers.append(name, value.clone());
    }
}

async fn handle(
    State(front): State<Arc<Front>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let begun = Instant::now();
    let Some(mut given) = front.ask(request).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let Some(call) = front.call(&mut given) else { return given };
    let pace = Pace::of(&call.answer, begun, front.real_time);
    match (call.answer.status, upgrade) {
        (Some(101), Ok(upgrade)) => {
            pace.until(call.answer.first_byte).await;
            front.open(call, upgrade, pace)
        }
        // The recording switched protocols, and this request does not ask for it.
        (Some(100..200), _) => StatusCode::NOT_IMPLEMENTED.into_response(),
        _ => front.perform(&call, given, pace).await,
    }
}

/// Closes the connection without a response.
fn hang_up() -> Response {
    let mut response = StatusCode::BAD_GATEWAY.into_response();
    response.extensions_mut().insert(HangUp);
    response
}
