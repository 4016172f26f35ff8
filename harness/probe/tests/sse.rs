//! Event streams over a real socket.

use std::sync::Arc;
use std::time::Duration;

use super::bench::{Bench, endpoint, probe_of};
use crate::config::{Accept, Endpoint};
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

#[tokio::test]
async fn a_wait_ends_sooner_when_another_stream_ends_with_the_same_word() {
    const ERROR: &str = "18\r\ndata: {\"type\":\"error\"}\n\n\r\n";
    let (said, heard) = tokio::sync::watch::channel(false);
    let said = Arc::new(said);
    let server = Server::scripted(move |mut peer| {
        let (said, mut heard) = (Arc::clone(&said), heard.clone());
        async move {
            let ends = peer.request.starts_with("GET /ends");
            if ends {
                heard.wait_for(|said| *said).await.expect("the other stream is open");
            }
            peer.write(format!("{CHUNKED}{ERROR}").as_bytes()).await;
            if ends {
                peer.write(b"0\r\n\r\n").await;
            } else {
                said.send_replace(true);
                peer.hold().await;
            }
        }
    })
    .await;
    let on = |id: &str, path: &str| {
        let accept = Accept { terminal_event: Some("end".to_owned()), ..Accept::default() };
        Endpoint { path: path.to_owned(), accept, ..endpoint(id, EndpointKind::Sse) }
    };
    let mut bench = Bench::at(&server.url()).with(on("backend.ends", "/ends")).with(on("backend.hangs", "/hangs"));
    bench.target.budget.probe = Duration::from_secs(4);
    let prober = bench.prober();
    let (one, other) = (prober.session(), prober.session());
    let [ends, hangs] = ["backend.ends", "backend.hangs"].map(probe_of);
    let (_, hung) = tokio::join!(one.send(&ends), other.send(&hangs));
    let error = hung.expect("it was sent").error.expect("it waited in vain");
    assert_eq!(error.kind, ErrorKind::StreamTimeout);
    assert!(error.detail.contains("backend.ends had sent nothing after `error`"), "{}", error.detail);
}
