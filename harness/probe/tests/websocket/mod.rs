//! Open WebSockets: frames, messages, and every way they close.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rstest::rstest;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

use crate::config::Endpoint;
use crate::probe::tests::bench::script::Server;
use crate::probe::tests::bench::{Bench, endpoint, of_type, probe_of};
use crate::probe::{Close, ErrorKind, Exchange, ProbeRequest, Side, Until};
use crate::terms::{EndpointKind, TokenKind, TokenLocation};

const ID: &str = "backend.websocket";
const READY: &str = r#"{"type":"ready"}"#;
const DENIED: &str = r#"{"type":"error","message":"no"}"#;

type Socket = WebSocketStream<TcpStream>;

/// Starts a server that runs this script on each open socket.
async fn server<F: Future<Output = ()> + Send>(script: impl Fn(Socket) -> F + Clone + Send + 'static) -> Server {
    Server::raw(move |stream| {
        let script = script.clone();
        async move {
            let socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            script(socket).await;
        }
    })
    .await
}

fn chat() -> Endpoint {
    let mut endpoint = endpoint(ID, EndpointKind::Websocket);
    endpoint.accept.first_frame = Some(of_type("ready"));
    endpoint.send = vec![json!({"type": "ask", "who": "{sub}"})];
    endpoint
}

fn until(event: &str) -> ProbeRequest {
    let mut probe = probe_of(ID);
    probe.until = Until::Event(event.to_owned());
    probe
}

async fn probe(server: &Server, endpoint: Endpoint, probe: &ProbeRequest) -> Exchange {
    let mut bench = Bench::at(&server.url()).with(endpoint);
    bench.target.budget.probe = Duration::from_secs(3);
    bench.send(probe).await
}

fn frames(exchange: &Exchange) -> Vec<(Side, &str)> {
    exchange.frames.iter().map(|frame| (frame.from, frame.name.as_str())).collect()
}

fn closed(code: u16, reason: &str, by: Side) -> Option<Close> {
    Some(Close { code, reason: reason.to_owned(), by })
}

#[tokio::test]
async fn a_conversation_ends_at_the_needed_event_and_is_closed() {
    let server = server(|mut socket| async move {
        socket.send(Message::text(READY)).await.unwrap();
        let asked = socket.next().await.unwrap().unwrap();
        socket.send(Message::Ping("p".into())).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::Pong("p".into()));
        for frame in [asked.to_text().unwrap(), r#"{"type":"done"}"#, "late"] {
            socket.send(Message::text(frame)).await.unwrap();
        }
        while socket.next().await.is_some() {}
    })
    .await;
    let exchange = probe(&server, chat(), &until("done")).await;
    assert_eq!(exchange.status(), Some(101));
    assert_eq!(exchange.error, None);
    let (us, they) = (Side::Client, Side::Server);
    assert_eq!(frames(&exchange), [(they, "ready"), (us, "ask"), (they, "ask"), (they, "done")]);
    assert_eq!(exchange.frames[1].data, r#"{"type":"ask","who":"user-7"}"#);
    assert_eq!(exchange.close, closed(1000, "", Side::Client));
}

/// The server closes the socket after the frame that ends an accepted call.
#[rstest]
#[tokio::test]
async fn a_call_is_followed_to_the_event_that_ends_it(
    #[values(Some(CloseCode::Normal), Some(CloseCode::Error), None)] code: Option<CloseCode>,
) {
    let server = server(move |mut socket| async move {
        socket.send(Message::text(READY)).await.unwrap();
        socket.next().await.unwrap().unwrap();
        socket.send(Message::text(r#"{"type":"done"}"#)).await.unwrap();
        if let Some(code) = code {
            socket.close(Some(CloseFrame { code, reason: "".into() })).await.unwrap();
            while socket.next().await.is_some() {}
        }
    })
    .await;
    let mut endpoint = chat();
    endpoint.accept.terminal_event = Some("done".to_owned());
    let exchange = probe(&server, endpoint, &probe_of(ID)).await;
    let (us, they) = (Side::Client, Side::Server);
    assert_eq!(frames(&exchange), [(they, "ready"), (us, "ask"), (they, "done")]);
    assert_eq!(exchange.error, None);
}

#[tokio::test]
async fn a_socket_is_accepted_at_its_first_frame() {
    let server = server(|mut socket| async move {
        socket.send(Message::text(READY)).await.unwrap();
        while socket.next().await.is_some() {}
    })
    .await;
    let exchange = probe(&server, chat(), &probe_of(ID)).await;
    assert_eq!(frames(&exchange), [(Side::Server, "ready")]);
    assert_eq!(exchange.close, closed(1000, "", Side::Client));
}

#[tokio::test]
async fn without_an_expected_greeting_the_client_sends_first() {
    let server = server(|mut socket| async move {
        let asked = socket.next().await.unwrap().unwrap();
        socket.send(asked).await.unwrap();
        while socket.next().await.is_some() {}
    })
    .await;
    let mut endpoint = chat();
    endpoint.accept.first_frame = None;
    let exchange = probe(&server, endpoint, &probe_of(ID)).await;
    assert_eq!(frames(&exchange), [(Side::Client, "ask"), (Side::Server, "ask")]);
}

/// The server says nothing before it has the token, and the probe follows no further than the greeting.
#[tokio::test]
async fn a_message_with_the_token_is_sent_before_the_greeting() {
    let server = server(|mut socket| async move {
        let asked = socket.next().await.unwrap().unwrap();
        let has_token = asked.to_text().unwrap().starts_with(r#"{"type":"sign-in","token":"anna"#);
        socket.send(Message::text(if has_token { READY } else { DENIED })).await.unwrap();
        while socket.next().await.is_some() {}
    })
    .await;
    let mut endpoint = chat();
    endpoint.token_locations = vec![TokenLocation::Body];
    endpoint.send = vec![json!({"type": "sign-in", "token": "{token}"})];
    let mut request = probe_of(ID);
    (request.key.token, request.key.token_location) = (TokenKind::Valid, TokenLocation::Body);
    let exchange = probe(&server, endpoint, &request).await;
    assert_eq!(frames(&exchange), [(Side::Client, "sign-in"), (Side::Server, "ready")]);
    assert_eq!(exchange.frames[0].data, r#"{"type":"sign-in","token":"<token:valid>"}"#);
}

#[tokio::test]
async fn the_first_frame_may_answer_the_first_message() {
    let server = server(|mut socket| async move {
        socket.next().await.unwrap().unwrap();
        for frame in [READY, r#"{"type":"done"}"#] {
            socket.send(Message::text(frame)).await.unwrap();
        }
        while socket.next().await.is_some() {}
    })
    .await;
    let exchange = probe(&server, chat(), &until("done")).await;
    let (us, they) = (Side::Client, Side::Server);
    assert_eq!(frames(&exchange), [(us, "ask"), (they, "ready"), (they, "done")]);
    assert_eq!(exchange.error, None);
}

#[rstest]
#[tokio::test]
async fn an_error_frame_and_the_close_after_it_are_kept(
    #[values(Until::Accepted, Until::Event("done".to_owned()))] until: Until,
    #[values(true, false)] close_follows_at_once: bool,
    #[values(true, false)] greeting_is_known: bool,
) {
    let server = server(move |mut socket| async move {
        socket.send(Message::text(DENIED)).await.unwrap();
        if !close_follows_at_once {
            socket.send(Message::Ping("p".into())).await.unwrap();
            assert_eq!(socket.next().await.unwrap().unwrap(), Message::Pong("p".into()));
        }
        let frame = CloseFrame { code: CloseCode::Policy, reason: "Authentication failed".into() };
        socket.close(Some(frame)).await.unwrap();
        while socket.next().await.is_some() {}
    })
    .await;
    let mut request = probe_of(ID);
    request.until = until;
    let mut endpoint = chat();
    endpoint.accept.first_frame = endpoint.accept.first_frame.filter(|_| greeting_is_known);
    endpoint.send.clear();
    let exchange = probe(&server, endpoint, &request).await;
    assert_eq!(frames(&exchange), [(Side::Server, "error")]);
    assert_eq!(exchange.close, closed(1008, "Authentication failed", Side::Server));
    assert_eq!(exchange.error, None);
}

#[tokio::test]
async fn a_close_without_a_code_is_1005() {
    let server = server(|mut socket| async move {
        socket.close(None).await.unwrap();
        while socket.next().await.is_some() {}
    })
    .await;
    let exchange = probe(&server, chat(), &probe_of(ID)).await;
    assert_eq!((exchange.close, exchange.error), (closed(1005, "", Side::Server), None));
}

#[tokio::test]
async fn an_end_without_a_close_frame_is_a_terminated_connection() {
    let server = server(|mut socket| async move { socket.send(Message::text(READY)).await.unwrap() }).await;
    let exchange = probe(&server, chat(), &until("done")).await;
    assert_eq!(exchange.error.map(|error| error.kind), Some(ErrorKind::ConnectionTerminated));
    assert_eq!((exchange.close, exchange.frames[0].name.as_str()), (None, "ready"));
}

#[tokio::test]
async fn a_socket_without_frames_times_out() {
    let server = server(|mut socket| async move { while socket.next().await.is_some() {} }).await;
    let mut bench = Bench::at(&server.url()).with(chat());
    bench.target.budget.probe = Duration::from_millis(300);
    let exchange = bench.send(&probe_of(ID)).await;
    assert_eq!(exchange.error.map(|error| error.kind), Some(ErrorKind::StreamTimeout));
    assert_eq!(exchange.head.map(|head| head.status), Some(101));
}

#[rstest]
#[case(Message::text(r#"{"type":"tick"}"#), ErrorKind::EventLimit)]
#[case(Message::Ping("p".into()), ErrorKind::EventLimit)]
#[case(Message::text("x".repeat(7000)), ErrorKind::HttpResponseBodySize)]
#[case(Message::text("x".repeat(70_000)), ErrorKind::HttpResponseBodySize)]
#[tokio::test]
async fn a_flood_is_cut(#[case] message: Message, #[case] expected: ErrorKind) {
    let server = server(move |mut socket| {
        let message = message.clone();
        async move {
            let _ = socket.send(Message::text(READY)).await;
            while socket.send(message.clone()).await.is_ok() {}
        }
    })
    .await;
    let exchange = probe(&server, chat(), &until("done")).await;
    assert_eq!(exchange.error.map(|error| error.kind), Some(expected));
    assert!(exchange.frames.len() <= 101);
}

/// Empty continuation frames (RFC 6455, 5.4) never complete a message.
#[tokio::test]
async fn endless_empty_fragments_are_cut() {
    let server = server(|mut socket| async move {
        let peer = socket.get_mut();
        let _ = peer.write_all(&[0x01, 0x00]).await;
        while peer.write_all(&[0x00; 4096]).await.is_ok() {}
    })
    .await;
    let exchange = probe(&server, chat(), &until("done")).await;
    assert_eq!(exchange.error.map(|error| error.kind), Some(ErrorKind::EventLimit));
}
