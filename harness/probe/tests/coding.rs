//! What a request accepts, and what becomes of an encoded response.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use rstest::rstest;

use super::bench::{Bench, endpoint, probe_of};
use crate::probe::tests::bench::script::Server;
use crate::probe::{ErrorKind, Exchange};
use crate::terms::EndpointKind;

const ID: &str = "backend.it";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

async fn answered(kind: EndpointKind, media: &str, coding: &str, body: Vec<u8>) -> (Exchange, String) {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {media}\r\ncontent-encoding: {coding}\r\n\r\n");
    let server = Server::scripted(move |mut peer| {
        let (head, body) = (head.clone(), body.clone());
        async move {
            peer.write(head.as_bytes()).await;
            peer.write(&body).await;
        }
    })
    .await;
    let exchange = Bench::at(&server.url()).with(endpoint(ID, kind)).send(&probe_of(ID)).await;
    (exchange, server.requests().remove(0))
}

#[rstest]
#[case::body(EndpointKind::Http, "application/json", "gzip, br, zstd")]
#[case::stream(EndpointKind::Sse, "text/event-stream", "gzip, br")]
#[tokio::test]
async fn a_request_says_what_it_accepts(#[case] kind: EndpointKind, #[case] media: &str, #[case] accepts: &str) {
    let (_, request) = answered(kind, media, "identity", b"{}".to_vec()).await;
    assert!(request.contains(&format!("accept-encoding: {accepts}\r\n")), "{request}");
}

#[tokio::test]
async fn an_encoded_body_is_read() {
    let body = gzip(br#"{"type":"x"}"#);
    let (exchange, _) = answered(EndpointKind::Http, "application/json", "gzip", body).await;
    assert_eq!((exchange.body.text.as_str(), exchange.body.bytes, exchange.error), (r#"{"type":"x"}"#, 12, None));
}

#[tokio::test]
async fn an_encoded_stream_is_read() {
    let body = gzip(b"data: {\"type\":\"a\"}\n\ndata: {\"type\":\"b\"}\n\n");
    let (exchange, _) = answered(EndpointKind::Sse, "text/event-stream", "gzip", body).await;
    let names: Vec<&str> = exchange.events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!((names, exchange.error), (vec!["a", "b"], None));
}

#[rstest]
#[case::not_valid("gzip", b"\xff\xfe\xfd\xfc", ErrorKind::HttpResponseContentCoding)]
#[case::unknown("x-rot13", b"{}", ErrorKind::HttpResponseContentCoding)]
#[tokio::test]
async fn what_cannot_be_decoded_is_an_error(
    #[case] coding: &str,
    #[case] body: &[u8],
    #[case] kind: ErrorKind,
    #[values(EndpointKind::Http, EndpointKind::Sse)] endpoint: EndpointKind,
) {
    let media = if endpoint == EndpointKind::Sse { "text/event-stream" } else { "application/json" };
    let (exchange, _) = answered(endpoint, media, coding, body.to_vec()).await;
    assert_eq!(exchange.error.unwrap().kind, kind);
}

#[rstest]
#[tokio::test]
async fn a_bomb_ends_at_the_body_limit(#[values(EndpointKind::Http, EndpointKind::Sse)] kind: EndpointKind) {
    let media = if kind == EndpointKind::Sse { "text/event-stream" } else { "application/json" };
    let (exchange, _) = answered(kind, media, "gzip", gzip(&vec![b'a'; 50 << 20])).await;
    assert_eq!(exchange.error.as_ref().map(|error| error.kind), Some(ErrorKind::HttpResponseBodySize));
    assert!(exchange.body.text.len() <= 1 << 16, "{} bytes", exchange.body.text.len());
}
