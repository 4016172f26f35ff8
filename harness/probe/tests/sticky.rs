//! Sessions: cookies are kept, and the auth service mints tokens.

use rstest::rstest;
use serde_json::json;

use super::bench::{Bench, endpoint, path, probe_of};
use crate::config::Endpoint;
use crate::probe::tests::bench::script::Server;
use crate::probe::{CannotProbe, ErrorKind};
use crate::terms::{Caller, EndpointKind, Role, TokenKind, TokenLocation};

const ID: &str = "backend.it";
const SOCKET: &str = "backend.websocket";
const ISSUER: &str = "auth.login";

async fn cookie_setter() -> Server {
    Server::scripted(|mut peer| async move {
        peer.answer("403 Forbidden", "set-cookie: GAESA=stick-to-me; Path=/\r\n", "").await;
    })
    .await
}

#[tokio::test]
async fn a_cookie_is_kept_within_its_session_only() {
    let server = cookie_setter().await;
    let bench = Bench::at(&server.url());
    let prober = bench.with(endpoint(ID, EndpointKind::Http)).with(endpoint(SOCKET, EndpointKind::Websocket)).prober();
    let (one, other) = (prober.session(), prober.session());
    is_send(&one.send(&probe_of(ID)));
    for (session, endpoint) in [(&one, SOCKET), (&one, ID), (&one, SOCKET), (&other, ID)] {
        let exchange = session.send(&probe_of(endpoint)).await.unwrap();
        assert_eq!(exchange.header("set-cookie"), Some("GAESA=<cookie>; Path=/"));
        assert!(!serde_json::to_string(&exchange).unwrap().contains("stick-to-me"));
    }
    let carried: Vec<_> = server.requests().iter().map(|r| r.contains("cookie: GAESA=stick-to-me\r\n")).collect();
    assert_eq!(carried, [false, true, true, false]);
    assert_eq!(prober.sent(), 4);
}

/// Checks that a future is `Send`: a run uses its sessions in parallel.
fn is_send(_: &impl Send) {}

fn issuer() -> Endpoint {
    let mut endpoint = endpoint(ISSUER, EndpointKind::Http);
    endpoint.role = Role::Issuer;
    endpoint.method = "POST".to_owned();
    endpoint.body = Some(json!({"email": "{email}", "password": "{secret:password}"}));
    endpoint.token_locations = Vec::new();
    endpoint.issued_token = Some(path("$.access_token"));
    endpoint
}

async fn login(status: &'static str, body: &'static str) -> Server {
    Server::scripted(move |mut peer| async move {
        if peer.request.starts_with("POST") {
            peer.answer(status, "set-cookie: sid=7\r\n", body).await;
        } else {
            peer.answer("200 OK", "", "fine").await;
        }
    })
    .await
}

fn with_issued() -> crate::probe::ProbeRequest {
    let mut probe = probe_of(ID);
    probe.key.token = TokenKind::Issued;
    probe
}

#[tokio::test]
async fn an_issued_token_comes_from_the_issuer_in_the_same_session() {
    let server =
        login("200 OK", r#"{"access_token":"ours.minted.token","refresh_token":"another-long-credential"}"#).await;
    let prober = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http)).with(issuer()).prober();
    let exchange = prober.session().send(&with_issued()).await.unwrap();
    assert_eq!((exchange.status(), exchange.issued.with_our_secret, exchange.id), (Some(200), Some(true), 2));
    assert_eq!(prober.sent(), 2);
    let requests = server.requests();
    assert!(requests[0].contains(r#"{"email":"anna@example.test","password":"correct horse battery staple"}"#));
    assert!(requests[1].contains("authorization: Bearer ours.minted.token\r\n"), "{}", requests[1]);
    assert!(requests[1].contains("cookie: sid=7\r\n"), "{}", requests[1]);
    assert!(serde_json::to_string(&exchange).unwrap().contains("Bearer <token:issued>"));
}

#[tokio::test]
async fn a_probe_of_the_issuer_shows_its_secret_and_keeps_no_token() {
    let server =
        login("200 OK", r#"{"access_token":"theirs.minted.token","refresh_token":"another-long-credential"}"#).await;
    let mut probe = probe_of(ISSUER);
    (probe.key.token, probe.key.token_location, probe.key.caller) =
        (TokenKind::None, TokenLocation::Header, Caller::None);
    let exchange = Bench::at(&server.url()).with(issuer()).send(&probe).await;
    assert_eq!(exchange.issued.with_our_secret, Some(false));
    assert_eq!(exchange.body.text, r#"{"access_token":"<token:issued>","refresh_token":"<token:issued>"}"#);
}

#[rstest]
#[case::plain_text("200 OK", "ours.minted.token\n", true)]
#[case::a_json_string("200 OK", "\"ours.minted.token\"", true)]
#[case::a_page("200 OK", "<html>ours.minted.token</html>", false)]
#[case::a_sentence("200 OK", "the password is wrong", false)]
#[case::a_word("200 OK", "denied", false)]
#[case::a_refusal("401 Unauthorized", "ours.minted.token", false)]
#[tokio::test]
async fn the_whole_response_may_be_the_token(
    #[case] status: &'static str,
    #[case] body: &'static str,
    #[case] is_token: bool,
) {
    let server = login(status, body).await;
    let whole = Endpoint { issued_token: Some(path("$")), ..issuer() };
    let bench = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http)).with(whole);
    match bench.probe(&with_issued()).await {
        Ok(exchange) => {
            assert!(is_token, "{body}");
            assert!(server.requests()[1].contains("authorization: Bearer ours.minted.token\r\n"));
            assert!(!serde_json::to_string(&exchange).unwrap().contains("ours.minted"));
        }
        Err(CannotProbe::IssuerFailed { why, exchange, .. }) => {
            assert!(!is_token, "{why}");
            assert!(status.starts_with("401") || why.contains("the response as a whole is no token"), "{why}");
            assert_eq!(exchange.body.text, body);
        }
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_issuer_without_a_token_is_the_reason_for_the_error() {
    for (status, body, expected) in [
        ("401 Unauthorized", r#"{"detail":"no"}"#, "it answered 401"),
        (
            "200 OK",
            "<html>",
            "it answered 200, but the response has no token at `issued_token`, which is $.access_token: it is no JSON object",
        ),
        (
            "200 OK",
            r#"{"accessToken":"x","user":{}}"#,
            "it answered 200, but the response has no token at `issued_token`, which is $.access_token; its fields: accessToken, user",
        ),
    ] {
        let server = login(status, body).await;
        let bench = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http)).with(issuer());
        let CannotProbe::IssuerFailed { endpoint, why, exchange } = bench.probe(&with_issued()).await.unwrap_err()
        else {
            panic!("another reason")
        };
        assert_eq!((endpoint.as_str(), why.as_str()), (ISSUER, expected));
        assert_eq!(exchange.probe.endpoint, ISSUER);
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn an_unreachable_issuer_is_reported_with_its_error() {
    let bench = Bench::at("http://issuer.invalid").with(endpoint(ID, EndpointKind::Http)).with(issuer());
    let error = bench.probe(&with_issued()).await.unwrap_err();
    assert!(error.to_string().contains(ErrorKind::DnsError.as_str()), "{error}");
}
