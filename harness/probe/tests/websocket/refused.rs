//! WebSocket handshakes: what is offered, and what a refusal records.

use rstest::rstest;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::probe::tests::bench::{Bench, endpoint, probe_of};
use crate::config::Endpoint;
use crate::probe::tests::bench::script::{Peer, Server};
use crate::probe::{ErrorKind, Exchange};
use crate::terms::{EndpointKind, TokenKind, TokenLocation};

const ID: &str = "backend.websocket";

fn socket() -> Endpoint {
    let mut endpoint = endpoint(ID, EndpointKind::Websocket);
    endpoint.subprotocols = vec!["chat".to_owned(), "jwt.{token_base64url}".to_owned(), "bearer.{token}".to_owned()];
    endpoint
}

async fn probe(server: &Server) -> Exchange {
    Bench::at(&server.url()).with(socket()).send(&probe_of(ID)).await
}

fn asked(peer: &Peer, name: &str) -> String {
    peer.request.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default().to_owned()
}

#[rstest]
#[case(&["HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-le", "ngth: 16\r\n\r\n", "{\"detail\":", "\"no\"} "], 401, "{\"detail\":\"no\"} ")]
#[case(&["HTTP/1.1 403 \r\n", "\r\n", "{\"detail\"", ":\"no\"}"], 403, "{\"detail\":\"no\"}")]
#[case(&["HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"], 403, "")]
#[case(&["HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n4\r\nnone\r\n", "0\r\n\r\n"], 404, "none")]
#[case(&["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"], 200, "hi")]
#[tokio::test]
async fn a_refusal_keeps_status_headers_and_the_complete_body(
    #[case] pieces: &'static [&'static str],
    #[case] status: u16,
    #[case] body: &str,
) {
    let server = Server::answering(pieces).await;
    let exchange = probe(&server).await;
    assert_eq!((exchange.status(), exchange.body.text.as_str()), (Some(status), body));
    assert_eq!(exchange.header("www-authenticate"), (status == 401).then_some("Bearer"));
    assert_eq!(exchange.error, None);
    assert!(exchange.phases.connect_ms.is_some() && exchange.phases.first_byte_ms.is_some());
}

#[tokio::test]
async fn a_refusal_that_breaks_off_is_incomplete() {
    let server = Server::answering(&["HTTP/1.1 401 Unauthorized\r\ncontent-length: 16\r\n\r\n{\"detail\":"]).await;
    let exchange = probe(&server).await;
    assert_eq!(exchange.error.map(|error| error.kind), Some(ErrorKind::HttpResponseIncomplete));
    assert_eq!(exchange.body.text, "{\"detail\":");
}

#[rstest]
#[case("upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n")]
#[case("upgrade: websocket\r\nconnection: Upgrade\r\n")]
#[case("upgrade: h2c\r\nconnection: Upgrade\r\nsec-websocket-accept: {}\r\n")]
#[tokio::test]
async fn an_invalid_101_is_a_failed_upgrade(#[case] headers: &'static str) {
    let server = Server::scripted(move |mut peer| async move {
        let accept = derive_accept_key(asked(&peer, "sec-websocket-key").as_bytes());
        let headers = headers.replace("{}", &accept);
        peer.write(format!("HTTP/1.1 101 Switching Protocols\r\n{headers}\r\n").as_bytes()).await;
        peer.hold().await;
    })
    .await;
    let exchange = probe(&server).await;
    assert_eq!(exchange.error.as_ref().map(|error| error.kind), Some(ErrorKind::HttpUpgradeFailed));
    assert_eq!(exchange.status(), Some(101));
}

#[tokio::test]
async fn no_response_is_a_terminated_connection() {
    let exchange = probe(&Server::answering(&[]).await).await;
    assert_eq!(exchange.error.map(|error| error.kind), Some(ErrorKind::ConnectionTerminated));
}

#[rstest]
#[case(TokenKind::Valid, TokenLocation::Subprotocol, "chat, jwt.YW5uYS52YWxpZC5uMHo, bearer.anna.valid.n0z")]
#[case(TokenKind::None, TokenLocation::Subprotocol, "chat")]
#[case(TokenKind::Valid, TokenLocation::Header, "chat")]
#[tokio::test]
async fn subprotocols_carry_the_token_and_are_recorded_without_it(
    #[case] token: TokenKind,
    #[case] token_location: TokenLocation,
    #[case] offered: &str,
) {
    let server = Server::scripted(|mut peer| async move {
        let accept = derive_accept_key(asked(&peer, "sec-websocket-key").as_bytes());
        let chosen = asked(&peer, "sec-websocket-protocol").split(", ").last().unwrap_or_default().to_owned();
        let head = format!("upgrade: WebSocket\r\nconnection: keep-alive, Upgrade\r\nsec-websocket-accept: {accept}");
        let head = format!("HTTP/1.1 101 Switching Protocols\r\n{head}\r\nsec-websocket-protocol: {chosen}\r\n\r\n");
        // The first frame comes in the same segment as the head: an unmasked text frame `hi`.
        peer.write(&[head.as_bytes(), b"\x81\x02hi"].concat()).await;
        peer.hold().await;
    })
    .await;
    let mut request = probe_of(ID);
    (request.key.token, request.key.token_location) = (token, token_location);
    let exchange = Bench::at(&server.url()).with(socket()).send(&request).await;
    let wire = server.requests()[0].clone();
    assert!(wire.contains(&format!("sec-websocket-protocol: {offered}\r\n")), "{wire}");
    assert_eq!(wire.contains("authorization: Bearer "), token_location == TokenLocation::Header);
    assert!(wire.contains(&format!("host: {}\r\n", server.address)), "{wire}");
    assert!(!wire.contains("sec-websocket-extensions"), "{wire}");
    let chosen = if offered == "chat" { "chat" } else { "bearer.<token:valid>" };
    assert_eq!(exchange.header("sec-websocket-protocol"), Some(chosen));
    assert_eq!(exchange.frames[0].data, "hi");
}

#[tokio::test]
async fn a_host_can_be_an_ipv6_address() {
    let server = Server::listening_on("[::1]:0", |stream| async move {
        let _socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    })
    .await;
    assert_eq!(probe(&server).await.status(), Some(101));
}
