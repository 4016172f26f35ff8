//! The token in the URL is sent, but never recorded.

use rstest::rstest;

use super::bench::{Bench, endpoint, probe_of};
use crate::probe::CannotProbe;
use crate::probe::tests::bench::script::Server;
use crate::terms::{EndpointKind, TokenKind, TokenLocation};

const ID: &str = "backend.query";

fn bench(server: &Server) -> Bench {
    let mut endpoint = endpoint(ID, EndpointKind::Http);
    endpoint.query = vec![("limit".to_owned(), "5".to_owned()), ("token".to_owned(), "{token}".to_owned())];
    endpoint.token_locations = vec![TokenLocation::Query, TokenLocation::Header];
    Bench::at(&server.url()).with(endpoint)
}

#[rstest]
#[case(TokenKind::Valid, TokenLocation::Query, Some("/it?limit=5&token=<token:valid>"))]
#[case(TokenKind::WrongKey, TokenLocation::Query, Some("/it?limit=5&token=<token:wrong-key>"))]
#[case(TokenKind::None, TokenLocation::Query, None)]
#[case(TokenKind::Valid, TokenLocation::Header, None)]
#[tokio::test]
async fn the_url_has_the_token_on_the_wire_and_a_label_in_the_record(
    #[case] token: TokenKind,
    #[case] token_location: TokenLocation,
    #[case] shown: Option<&str>,
) {
    // The page echoes the whole request with its URL.
    let server = Server::scripted(|mut peer| async move {
        let body = peer.request.clone();
        peer.write(format!("HTTP/1.1 401 No\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
    })
    .await;
    let mut probe = probe_of(ID);
    (probe.key.token, probe.key.token_location) = (token, token_location);
    let exchange = bench(&server).send(&probe).await;
    let line = server.requests()[0].lines().next().unwrap_or_default().to_owned();
    assert_eq!(line.contains("token="), shown.is_some(), "{line}");
    assert!(!line.contains("token=%3C"), "the label is for the record: {line}");
    let url = exchange.request.url.split_once("/it").map_or("", |(_, rest)| rest).to_owned();
    assert_eq!(format!("/it{url}"), shown.unwrap_or("/it?limit=5"));
    assert_eq!(
        server.requests()[0].to_ascii_lowercase().contains("authorization:"),
        token_location == TokenLocation::Header
    );
}

#[tokio::test]
async fn an_endpoint_without_this_token_location_is_not_called() {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
    let mut probe = probe_of(ID);
    probe.key.token_location = TokenLocation::Query;
    let cannot = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http)).probe(&probe).await.unwrap_err();
    assert!(
        matches!(cannot, CannotProbe::TokenLocationNotTaken { token_location: TokenLocation::Query, .. }),
        "{cannot}"
    );
    assert!(server.requests().is_empty());
}
