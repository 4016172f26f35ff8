//! Event streams over a real socket.

use super::bench::{Bench, endpoint, probe_of};
use crate::probe::tests::bench::script::Server;
use crate::probe::{ErrorKind, Exchange, Until};
use crate::terms::EndpointKind;

const ID: &str = "backend.stream";
const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";

fn names(exchange: &Exchange) -> Vec<&str> {
    exchange.events.iter().map(|event| event.name.as_str()).collect()
}

#[tokio::test]
async fn an_event_is_named_by_its_data_then_its_field_then_message() {
    let server = Server::answering(&[
        CHUNKED,
        "1c\r\nevent: a\ndata: {\"type\":\"b\"}\n\r\n",
        "1\r\n\n\r\n",
        "13\r\nevent: c\ndata: {}\n\n\r\n",
        "9\r\ndata: d\n\n\r\n",
        "0\r\n\r\n",
    ])
    .await;
    let exchange = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Sse)).send(&probe_of(ID)).await;
    assert_eq!(exchange.error, None);
    assert_eq!(names(&exchange), ["b", "c", "message"]);
    assert_eq!(exchange.events[0].data, r#"{"type":"b"}"#);
    assert!(exchange.events.is_sorted_by_key(|event| event.at_ms));
    assert!(server.requests()[0].contains("accept: text/event-stream\r\n"));
    assert_eq!(exchange.body.text, "");
}

#[tokio::test]
async fn a_stream_that_breaks_off_keeps_its_events() {
    let server = Server::answering(&[CHUNKED, "9\r\ndata: a\n\n\r\n", "9\r\ndata: b\n"]).await;
    let exchange = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Sse)).send(&probe_of(ID)).await;
    assert_eq!(exchange.error.as_ref().map(|error| error.kind), Some(ErrorKind::HttpResponseIncomplete));
    assert_eq!(names(&exchange), ["message"]);
}

#[tokio::test]
async fn a_stream_is_read_to_the_last_event_that_is_needed() {
    let server = Server::scripted(|mut peer| async move {
        peer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n").await;
        peer.write(b"event: a\ndata: 1\n\nevent: done\ndata: 2\n\nevent: late\ndata: 3\n\n").await;
        peer.hold().await;
    })
    .await;
    let mut with_terminal = endpoint(ID, EndpointKind::Sse);
    with_terminal.accept.terminal_event = Some("done".to_owned());
    let exchange = Bench::at(&server.url()).with(with_terminal.clone()).send(&probe_of(ID)).await;
    assert_eq!((names(&exchange), exchange.error.as_ref()), (vec!["a", "done"], None));
    let mut probe = probe_of(ID);
    probe.until = Until::Event("a".to_owned());
    let exchange = Bench::at(&server.url()).with(with_terminal).send(&probe).await;
    assert_eq!((names(&exchange), exchange.error.as_ref()), (vec!["a"], None));
}

#[tokio::test]
async fn a_response_that_is_not_a_stream_is_a_body() {
    let server = Server::scripted(|mut peer| async move {
        peer.answer("403 Forbidden", "content-type: application/json\r\n", r#"{"detail":"data: no\n\n"}"#).await;
    })
    .await;
    let exchange = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Sse)).send(&probe_of(ID)).await;
    assert_eq!(exchange.body.text, r#"{"detail":"data: no\n\n"}"#);
    assert!(exchange.events.is_empty());
}
