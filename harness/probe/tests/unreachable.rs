//! Hosts that do not exist, over HTTP and WebSocket.

use rstest::rstest;
use tokio::net::TcpListener;

use super::bench::{Bench, endpoint, probe_of};
use crate::probe::{ErrorKind, Exchange};
use crate::terms::EndpointKind;

const ID: &str = "backend.it";

async fn probe(base: &str, kind: EndpointKind) -> Exchange {
    let mut endpoint = endpoint(ID, kind);
    endpoint.query = vec![("q".to_owned(), "in-the-query".to_owned())];
    let exchange = Bench::at(base).with(endpoint).send(&probe_of(ID)).await;
    assert_eq!((exchange.status(), exchange.phases.first_byte_ms), (None, None));
    assert!(!exchange.error.as_ref().unwrap().detail.contains("in-the-query"));
    exchange
}

#[rstest]
#[tokio::test]
async fn a_port_without_a_listener_refuses(
    #[values("127.0.0.1", "[::1]", "localhost")] host: &str,
    #[values(EndpointKind::Http, EndpointKind::Websocket)] kind: EndpointKind,
) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let exchange = probe(&format!("http://{host}:{port}"), kind).await;
    let error = exchange.error.unwrap();
    assert_eq!(error.kind, ErrorKind::ConnectionRefused, "{error}");
    assert!(error.detail.contains("Connection refused"), "{error}");
    assert_eq!(exchange.phases.connect_ms, None);
}

#[rstest]
#[tokio::test]
async fn an_unknown_host_does_not_resolve(
    #[values(EndpointKind::Http, EndpointKind::Sse, EndpointKind::Websocket)] kind: EndpointKind,
) {
    let exchange = probe("http://backend.invalid", kind).await;
    let error = exchange.error.unwrap();
    assert_eq!(error.kind, ErrorKind::DnsError, "{error}");
    assert_eq!(exchange.phases.dns_ms, None);
}
