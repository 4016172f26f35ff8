//! A probe always ends: by its own budget, by the budget of the run, or by a limit.

use std::time::Duration;

use rstest::rstest;

use super::bench::{Bench, endpoint, probe_of};
use crate::probe::tests::bench::script::Server;
use crate::probe::{ErrorKind, Exchange};
use crate::terms::EndpointKind;

const ID: &str = "backend.it";

async fn impatient(server: &Server, kind: EndpointKind) -> Exchange {
    within(300, server, kind).await
}

async fn within(budget_ms: u64, server: &Server, kind: EndpointKind) -> Exchange {
    let mut bench = Bench::at(&server.url()).with(endpoint(ID, kind));
    bench.target.budget.probe = Duration::from_millis(budget_ms);
    bench.send(&probe_of(ID)).await
}

fn kind(exchange: &Exchange) -> ErrorKind {
    exchange.error.as_ref().unwrap().kind
}

#[rstest]
#[case(b"", ErrorKind::HttpResponseTimeout)]
#[case(b"HTTP/1.1 200 OK\r\nx-slow: ", ErrorKind::HttpResponseTimeout)]
#[case(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", ErrorKind::HttpResponseIncomplete)]
#[tokio::test]
async fn a_probe_of_a_silent_server_ends(
    #[case] said: &'static [u8],
    #[case] expected: ErrorKind,
    #[values(EndpointKind::Http, EndpointKind::Sse)] endpoint: EndpointKind,
) {
    let server = Server::scripted(move |mut peer| async move {
        peer.write(said).await;
        peer.hold().await;
    })
    .await;
    let exchange = impatient(&server, endpoint).await;
    assert_eq!(kind(&exchange), expected);
    assert_eq!(exchange.status().is_some(), expected == ErrorKind::HttpResponseIncomplete);
}

#[rstest]
#[case(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n", ErrorKind::StreamTimeout, 0)]
#[case(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: a\n\n", ErrorKind::StreamTimeout, 1)]
#[tokio::test]
async fn a_probe_of_a_silent_stream_ends(
    #[case] said: &'static [u8],
    #[case] expected: ErrorKind,
    #[case] events: usize,
) {
    let server = Server::scripted(move |mut peer| async move {
        peer.write(said).await;
        peer.hold().await;
    })
    .await;
    let exchange = impatient(&server, EndpointKind::Sse).await;
    assert_eq!((kind(&exchange), exchange.events.len()), (expected, events));
}

#[rstest]
#[case(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", 20_000, ErrorKind::HttpResponseHeaderSectionSize)]
#[case(b"HTTP/1.1 200 OK\r\nx: ", b"yyyyyyyy", 20_000, ErrorKind::HttpResponseHeaderSectionSize)]
#[case(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 300, ErrorKind::HttpResponseTimeout)]
#[tokio::test]
async fn endless_headers_end_the_probe(
    #[case] said: &'static [u8],
    #[case] repeated: &'static [u8],
    #[case] budget_ms: u64,
    #[case] expected: ErrorKind,
) {
    let server = Server::scripted(move |mut peer| async move {
        peer.write(said).await;
        peer.repeat(repeated).await;
    })
    .await;
    assert_eq!(kind(&within(budget_ms, &server, EndpointKind::Http).await), expected);
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    let server = Server::scripted(|mut peer| async move {
        peer.write(b"HTTP/1.1 200 OK\r\n\r\n").await;
        peer.repeat(b"0123456789").await;
    })
    .await;
    let mut bench = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http));
    bench.target.budget.body_bytes = 1005;
    let exchange = bench.send(&probe_of(ID)).await;
    assert_eq!(kind(&exchange), ErrorKind::HttpResponseBodySize);
    assert_eq!((exchange.body.text.len(), exchange.body.truncated), (1005, true));
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_complete() {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfour"]).await;
    let mut bench = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http));
    bench.target.budget.body_bytes = 4;
    let exchange = bench.send(&probe_of(ID)).await;
    assert_eq!((exchange.body.text.as_str(), exchange.body.truncated, exchange.error), ("four", false, None));
}

#[rstest]
#[case("data: again\n\n", ErrorKind::EventLimit)]
#[case(": a comment, again and again\n", ErrorKind::HttpResponseBodySize)]
#[case("data: never dispatched\n", ErrorKind::HttpResponseBodySize)]
#[tokio::test]
async fn an_endless_stream_is_cut(#[case] repeated: &'static str, #[case] expected: ErrorKind) {
    let server = Server::scripted(move |mut peer| async move {
        peer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n").await;
        peer.repeat(repeated.as_bytes()).await;
    })
    .await;
    let exchange = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Sse)).send(&probe_of(ID)).await;
    assert_eq!(kind(&exchange), expected);
    assert_eq!(exchange.events.len(), if expected == ErrorKind::EventLimit { 100 } else { 0 });
}

#[tokio::test]
async fn the_deadline_of_the_run_ends_a_probe() {
    let server = Server::scripted(|peer| peer.hold()).await;
    let mut bench = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http));
    bench.run = Duration::from_millis(200);
    assert_eq!(kind(&bench.send(&probe_of(ID)).await), ErrorKind::BudgetSpent);
}

#[tokio::test]
async fn a_probe_that_is_due_after_the_run_is_not_sent() {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
    let mut bench = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http));
    bench.target.budget.requests_per_minute = 1;
    let prober = bench.prober();
    let session = prober.session();
    assert_eq!(session.send(&probe_of(ID)).await.unwrap().status(), Some(200));
    let second = session.send(&probe_of(ID)).await.unwrap();
    assert_eq!((kind(&second), second.id), (ErrorKind::BudgetSpent, 2));
    assert_eq!((prober.sent(), server.connections()), (1, 1));
}
