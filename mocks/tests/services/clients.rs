//! What the twin does for a page of another origin.

use fivewhys_mocks::{ClientFlaw, Clients, Twin};
use reqwest::{Method, Response};
use rstest::rstest;

use crate::support::{client, get, list_messages, valid};

const PAGE: &str = "https://app.test";

async fn twin(clients: Clients) -> Twin {
    Twin::builder().clients(clients).start().await.expect("the twin boots")
}

async fn preflight(twin: &Twin) -> Response {
    let request = client().request(Method::OPTIONS, format!("{}/api/threads", twin.edge_url()));
    let request = request.header("origin", PAGE).header("access-control-request-method", "GET");
    request.send().await.expect("the edge answers")
}

#[rstest]
#[case::in_order(Clients::page(PAGE), 204, Some(PAGE))]
#[case::no_cors(Clients::page(PAGE).flaw(ClientFlaw::KnowsNoCors), 405, None)]
#[case::no_page(Clients::default(), 405, None)]
#[case::token(Clients::page(PAGE).flaw(ClientFlaw::PreflightWantsToken), 401, Some(PAGE))]
#[case::edge(Clients::page(PAGE).flaw(ClientFlaw::EdgeRefusesPreflight), 403, None)]
#[tokio::test]
async fn a_preflight_is_answered(#[case] clients: Clients, #[case] status: u16, #[case] allowed: Option<&str>) {
    let answer = preflight(&twin(clients).await).await;
    let allow = answer.headers().get("access-control-allow-origin").and_then(|value| value.to_str().ok());
    assert_eq!((answer.status().as_u16(), allow), (status, allowed));
}

#[tokio::test]
async fn the_edge_compresses_for_those_who_accept_it() {
    let twin = twin(Clients::page(PAGE)).await;
    let plain = list_messages(&twin, Some(&valid(&twin))).await;
    assert!(!plain.headers().contains_key("content-encoding"));
    let request = get(&twin, "/api/chat/messages").bearer_auth(valid(&twin));
    let encoded = request.header("accept-encoding", "gzip").send().await.expect("the edge answers");
    assert_eq!(encoded.headers()["content-encoding"], "gzip");
}
