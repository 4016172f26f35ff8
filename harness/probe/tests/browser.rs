//! A probe in a target whose clients are browsers.

use rstest::rstest;

use super::bench::{Bench, endpoint, probe_of};
use crate::config::Browser;
use crate::probe::tests::bench::script::Server;
use crate::probe::{BlockReason, ProbeRequest};
use crate::terms::EndpointKind;

const ID: &str = "backend.it";
const PAGE: &str = "https://app.test";

fn bench(server: &Server, origin: &str) -> Bench {
    let mut bench = Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http));
    bench.target.browser = Some(Browser::at(origin.to_owned(), false, None));
    bench
}

/// Allows the page, and sets a cookie.
async fn server() -> Server {
    Server::scripted(|mut peer| async move {
        let allow = "access-control-allow-origin: https://app.test\r\naccess-control-allow-headers: authorization\r\nset-cookie: a=1\r\n";
        let status = if peer.request.starts_with("OPTIONS") { "204 No Content" } else { "200 OK" };
        peer.answer(status, allow, "").await;
    })
    .await
}

#[tokio::test]
async fn a_preflight_goes_first_and_has_no_credential() {
    let server = server().await;
    let prober = bench(&server, PAGE).prober();
    let session = prober.session();
    for _ in 0..2 {
        assert_eq!(session.send(&probe_of(ID)).await.unwrap().blocked, None);
    }
    let requests = server.requests();
    let methods: Vec<&str> = requests.iter().map(|one| one.split(' ').next().unwrap()).collect();
    assert_eq!(methods, ["OPTIONS", "GET", "GET"], "an equal preflight is not repeated");
    let preflight = &requests[0];
    assert!(preflight.contains("origin: https://app.test\r\n"), "{preflight}");
    assert!(preflight.contains("access-control-request-headers: authorization\r\n"), "{preflight}");
    assert!(!preflight.contains("\r\nauthorization:") && !preflight.contains("\r\ncookie:"), "{preflight}");
    assert!(requests.iter().all(|one| !one.contains("\r\ncookie:")), "the page sends no credentials");
}

#[tokio::test]
async fn a_call_to_the_own_origin_needs_no_cors() {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
    let exchange = bench(&server, &server.url()).send(&probe_of(ID)).await;
    assert_eq!((exchange.blocked, server.requests().len()), (None, 1));
    assert!(!server.requests()[0].contains("origin:"));
}

#[tokio::test]
async fn a_refused_preflight_blocks_the_call_which_is_sent_nonetheless() {
    let server = Server::scripted(|mut peer| async move {
        let allow = "access-control-allow-origin: *\r\n";
        let status = if peer.request.starts_with("OPTIONS") { "401 Unauthorized" } else { "200 OK" };
        peer.answer(status, allow, "").await;
    })
    .await;
    let exchange = bench(&server, PAGE).send(&probe_of(ID)).await;
    assert_eq!((exchange.status(), exchange.blocked.unwrap().by), (Some(200), BlockReason::Preflight));
    let preflight = exchange.browser.unwrap().preflight.unwrap();
    assert_eq!((preflight.request.method.as_str(), preflight.head.unwrap().status), ("OPTIONS", 401));
}

#[rstest]
#[case::its_own(false, "origin: https://app.test")]
#[case::the_foreign_one(true, "origin: https://foreign.invalid")]
#[tokio::test]
async fn a_socket_names_the_page(#[case] foreign_page: bool, #[case] named: &str) {
    let server = Server::answering(&["HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"]).await;
    let mut bench = bench(&server, PAGE);
    bench.target.endpoints.insert(ID.to_owned(), endpoint(ID, EndpointKind::Websocket));
    let request = ProbeRequest { foreign_page, ..probe_of(ID) };
    assert_eq!(bench.send(&request).await.blocked, None);
    let requests = server.requests();
    assert_eq!(requests.len(), 1, "no preflight goes before an upgrade");
    assert!(requests[0].to_ascii_lowercase().contains(named), "{requests:?}");
}

#[tokio::test]
async fn a_service_call_names_no_page() {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
    let mut bench = bench(&server, PAGE);
    bench.target.endpoints.get_mut(ID).unwrap().browser = false;
    let exchange = bench.send(&probe_of(ID)).await;
    assert_eq!((exchange.browser, exchange.blocked, server.requests().len()), (None, None, 1));
}
