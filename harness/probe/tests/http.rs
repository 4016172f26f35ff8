//! Plain HTTP: what is sent and what is recorded.

use rstest::rstest;
use serde_json::json;

use super::bench::{Bench, endpoint, probe_of};
use crate::probe::tests::bench::purse::PASSWORD;
use crate::probe::tests::bench::script::Server;
use crate::probe::{CannotProbe, ErrorKind, Exchange};
use crate::terms::{EndpointKind, TokenKind, TokenLocation};

const ID: &str = "backend.it";

fn sent<'a>(exchange: &'a Exchange, name: &str) -> Option<&'a str> {
    exchange.request.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn a_probe_is_traced_and_recorded_without_its_token() {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\nX-One: 1\r\nx-one: 2\r\ncontent-length: 2\r\n\r\nok"]).await;
    let bench = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http));
    let exchange = bench.send(&probe_of(ID)).await;
    let wire = &server.requests()[0];
    assert!(wire.contains(&format!("traceparent: 00-{}-", exchange.trace_id)), "{wire}");
    assert!(wire.contains("authorization: Bearer anna.valid.n0z\r\n"), "{wire}");
    assert!(wire.contains(&format!("x-request-id: {}", sent(&exchange, "x-request-id").unwrap())), "{wire}");
    assert!(wire.contains(&format!("user-agent: fivewhys/{}\r\n", env!("CARGO_PKG_VERSION"))), "{wire}");
    assert_eq!(sent(&exchange, "authorization"), Some("Bearer <token:valid>"));
    let head = exchange.head.unwrap();
    assert_eq!((head.status, head.version.as_str()), (200, "HTTP/1.1"));
    assert_eq!(head.headers[..2], [("x-one".to_owned(), "1".to_owned()), ("x-one".to_owned(), "2".to_owned())]);
    assert_eq!((exchange.id, exchange.body.text.as_str(), exchange.body.bytes), (1, "ok", 2));
    assert_eq!(exchange.error, None);
    let phases = exchange.phases;
    let [connect, first_byte] = [phases.connect_ms, phases.first_byte_ms].map(Option::unwrap);
    assert!(connect <= first_byte && first_byte <= phases.end_ms, "{phases:?}");
    assert_eq!(phases.dns_ms, None, "an IP address needs no name resolution");
}

#[tokio::test]
async fn name_resolution_is_timed() {
    let server = Server::answering(&["HTTP/1.1 204 No Content\r\n\r\n"]).await;
    let base = format!("http://localhost:{}", server.address.port());
    let exchange = Bench::at(&base).with(endpoint(ID, EndpointKind::Http)).send(&probe_of(ID)).await;
    assert_eq!(exchange.status(), Some(204));
    assert!(exchange.phases.dns_ms.is_some() && exchange.phases.connect_ms.is_some(), "{:?}", exchange.phases);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let elsewhere = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
    let location = format!("location: {}/steal\r\n", elsewhere.url());
    let server = Server::scripted(move |mut peer| {
        let location = location.clone();
        async move { peer.answer("307 Temporary Redirect", &location, "").await }
    })
    .await;
    let exchange = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http)).send(&probe_of(ID)).await;
    assert_eq!(exchange.status(), Some(307));
    assert_eq!(exchange.header("location"), Some(format!("{}/steal", elsewhere.url()).as_str()));
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_token_that_a_server_echoes_is_redacted() {
    let server = Server::scripted(|mut peer| async move {
        let token = peer.request.split("Bearer ").nth(1).unwrap().lines().next().unwrap().to_owned();
        peer.answer("401 Unauthorized", &format!("x-echo: {token}\r\n"), &format!("bad token {token}")).await;
    })
    .await;
    let exchange = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http)).send(&probe_of(ID)).await;
    assert_eq!(exchange.body.text, "bad token <token:valid>");
    assert_eq!(exchange.header("x-echo"), Some("<token:valid>"));
}

#[rstest]
#[case(TokenKind::Valid, TokenLocation::Body, json!({"token": "anna.valid.n0z", "as": "user-7", "pass": PASSWORD, "n": 1}))]
#[case(TokenKind::None, TokenLocation::Body, json!({"as": "user-7", "pass": PASSWORD, "n": 1}))]
#[case(TokenKind::Valid, TokenLocation::Header, json!({"as": "user-7", "pass": PASSWORD, "n": 1}))]
#[tokio::test]
async fn a_body_is_filled(
    #[case] token: TokenKind,
    #[case] token_location: TokenLocation,
    #[case] expected: serde_json::Value,
) {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
    let mut endpoint = endpoint(ID, EndpointKind::Http);
    endpoint.method = "POST".to_owned();
    endpoint.body = Some(json!({"token": "{token}", "as": "{sub}", "pass": "{secret:password}", "n": 1}));
    let mut probe = probe_of(ID);
    (probe.key.token, probe.key.token_location) = (token, token_location);
    let exchange = Bench::at(&server.url()).with(endpoint).send(&probe).await;
    let wire = server.requests()[0].clone();
    let (head, body) = wire.split_once("\r\n\r\n").unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap(), expected);
    assert_eq!(head.contains("authorization"), token_location == TokenLocation::Header, "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    let shown = exchange.request.body.unwrap();
    assert!(shown.contains(r#""pass":"<secret>""#), "{shown}");
    assert_eq!(shown.contains("<token:valid>"), expected.get("token").is_some());
}

#[tokio::test]
async fn path_and_query_can_be_replaced_but_not_the_host() {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
    let mut endpoint = endpoint(ID, EndpointKind::Http);
    endpoint.query = vec![("a".to_owned(), "1".to_owned())];
    let bench = || Bench::at(&server.url()).with(endpoint.clone());
    let mut probe = probe_of(ID);
    probe.path = Some("/threads/7".to_owned());
    probe.query = vec![("b".to_owned(), "x y".to_owned())];
    bench().send(&probe).await;
    assert!(server.requests()[0].starts_with("GET /threads/7?a=1&b=x+y HTTP/1.1\r\n"));
    probe.path = Some("//evil.example/".to_owned());
    assert!(matches!(bench().probe(&probe).await, Err(CannotProbe::Path { .. })));
    assert_eq!(server.connections(), 1);
}

#[rstest]
#[case(&[""], ErrorKind::ConnectionTerminated, "")]
#[case(&["HTTP/1.1 200 OK\r\ncontent-le"], ErrorKind::ConnectionTerminated, "")]
#[case(&["SSH-2.0-OpenSSH_9.6\r\n\r\n"], ErrorKind::HttpProtocolError, "")]
#[case(&["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", "half"], ErrorKind::HttpResponseIncomplete, "half")]
#[case(&["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"], ErrorKind::HttpResponseIncomplete, "half")]
#[tokio::test]
async fn a_broken_response_has_its_error_kind(
    #[case] pieces: &'static [&'static str],
    #[case] kind: ErrorKind,
    #[case] body: &str,
) {
    let server = Server::answering(pieces).await;
    let exchange = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http)).send(&probe_of(ID)).await;
    assert_eq!(exchange.error.map(|error| error.kind), Some(kind));
    assert_eq!(exchange.body.text, body);
}
