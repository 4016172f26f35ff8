//! How long a stream lasted, how long it was silent, whether there was a connection, and which product answered.

use rstest::rstest;

use super::{JSON, MESSAGES, SUB, axes};
use crate::config::Accept;
use crate::fixtures::{endpoint, exchange};
use crate::observe::{Observation, Outcome, complete, observe};
use crate::probe::{ErrorKind, Exchange, Frame, Phases, Side, StreamEvent};
use crate::terms::Hop;
use crate::terms::TokenKind::Valid;

const STREAM: &str = "backend.chat-stream";
const SOCKET: &str = "backend.websocket";

fn seen(exchange: &Exchange) -> Observation {
    observe(exchange, &endpoint(&exchange.probe.endpoint), SUB).expect("an observation")
}

/// Returns a stream that sends events at these times and ends after 9.4 s.
fn stream(at: &[u64]) -> Exchange {
    let event = |at_ms: &u64| StreamEvent { at_ms: *at_ms, name: "message".into(), data: "{}".into() };
    let mut sent = exchange(STREAM, Valid).answered(200, "text/event-stream", "");
    sent.events = at.iter().map(event).collect();
    sent.phases = Phases { end_ms: 9400.4, ..sent.phases };
    sent
}

/// Returns a socket on which these sides send at these times. It ends after 9 s.
fn socket(frames: &[(u64, Side)]) -> Exchange {
    let frame =
        |(at_ms, from): &(u64, Side)| Frame { at_ms: *at_ms, from: *from, name: String::new(), data: "{}".into() };
    let mut open = exchange(SOCKET, Valid).answered(101, "", "");
    open.frames = frames.iter().map(frame).collect();
    open.phases = Phases { end_ms: 9000.0, ..open.phases };
    open
}

#[rstest]
#[case::stream(stream(&[100, 2400]), Some(9400), Some(7000))]
#[case::stream_until_its_end(stream(&[9400]), Some(9400), Some(0))]
#[case::response_without_an_event(stream(&[]), None, None)]
#[case::socket(socket(&[(500, Side::Server), (2000, Side::Server)]), Some(9000), Some(7000))]
#[case::socket_without_a_frame(socket(&[]), Some(9000), Some(9000))]
#[case::only_the_server_breaks_the_silence(socket(&[(500, Side::Server), (8000, Side::Client)]), Some(9000), Some(8500))]
#[case::plain_response(exchange(MESSAGES, Valid).answered(200, JSON, "{}"), None, None)]
#[case::refused_upgrade(exchange(SOCKET, Valid).answered(403, "", ""), None, None)]
fn a_stream_lasts_and_is_silent_before_its_end(
    #[case] sent: Exchange,
    #[case] lasted: Option<u64>,
    #[case] idle: Option<u64>,
) {
    let seen = seen(&sent);
    assert_eq!((seen.lasted_ms, seen.idle_ms), (lasted, idle));
}

/// A server may close the socket after the last frame in any way.
#[rstest]
#[case::complete("done", Side::Server, None, Outcome::Ok)]
#[case::then_closed("done", Side::Server, Some(1000), Outcome::Ok)]
#[case::then_closed_with_an_error("done", Side::Server, Some(1011), Outcome::Ok)]
#[case::cut("started", Side::Server, Some(1000), Outcome::BrokenStream)]
#[case::our_own_frame("done", Side::Client, Some(1000), Outcome::BrokenStream)]
fn a_socket_is_accepted_by_the_frame_that_ends_it(
    #[case] name: &str,
    #[case] from: Side,
    #[case] close: Option<u16>,
    #[case] result: Outcome,
) {
    let mut endpoint = endpoint(SOCKET);
    endpoint.accept = Accept { terminal_event: Some("done".to_owned()), ..Accept::default() };
    let mut open = socket(&[]);
    open.frames = vec![Frame { at_ms: 1, from, name: name.to_owned(), data: "{}".into() }];
    let open = close.map_or(open.clone(), |code| open.closed(code, ""));
    assert_eq!(observe(&open, &endpoint, SUB).map(|seen| seen.result), Some(result));
}

#[rstest]
#[case::no_such_name(ErrorKind::DnsError, true)]
#[case::closed_port(ErrorKind::ConnectionRefused, true)]
#[case::no_route(ErrorKind::DestinationIpUnroutable, true)]
#[case::no_handshake(ErrorKind::ConnectionTimeout, true)]
#[case::closed_later(ErrorKind::ConnectionTerminated, false)]
#[case::certificate(ErrorKind::TlsCertificateError, false)]
#[case::no_response(ErrorKind::HttpResponseTimeout, false)]
fn an_exchange_without_a_connection_says_so(#[case] kind: ErrorKind, #[case] unconnected: bool) {
    assert_eq!(seen(&exchange(MESSAGES, Valid).broken(kind)).unconnected, unconnected);
}

fn served_by(products: &[&str]) -> Exchange {
    let answered = exchange(MESSAGES, Valid).answered(500, JSON, "{}");
    products.iter().fold(answered, |sent, product| sent.with_header("server", product))
}

#[rstest]
#[case::one(served_by(&["nginx"]), Some("nginx"))]
#[case::proxy_and_service(served_by(&["Caddy", "uvicorn"]), Some("Caddy, uvicorn"))]
#[case::relayed(served_by(&["envoy"]).with_header("X-Envoy-Upstream-Service-Time", "4"), Some("envoy, x-envoy-upstream-service-time"))]
#[case::unnamed(served_by(&[]), Some(""))]
#[case::no_response(exchange(MESSAGES, Valid).broken(ErrorKind::ConnectionTerminated), None)]
fn the_products_of_a_response_are_its_server_headers(#[case] sent: Exchange, #[case] product: Option<&str>) {
    assert_eq!(seen(&sent).product.as_deref(), product);
}

#[rstest]
#[case::stream(stream(&[100, 2400]))]
#[case::unconnected(exchange(MESSAGES, Valid).broken(ErrorKind::ConnectionRefused))]
#[case::product(served_by(&["nginx"]))]
fn an_observation_of_an_earlier_version_is_completed(#[case] sent: Exchange) {
    let today = seen(&sent);
    let mut old = Observation {
        lasted_ms: None,
        idle_ms: None,
        unconnected: false,
        product: None,
        connection_headers: None,
        ..today.clone()
    };
    complete(&mut old, &sent);
    assert_eq!(old, today);
}

#[test]
fn an_empty_refusal_of_a_socket_is_not_attributed_to_the_edge_that_names_itself() {
    // uvicorn refuses a socket with an empty 403, and Caddy adds its name to every response.
    let refused = exchange(SOCKET, Valid).answered(403, "", "").with_header("server", "Caddy");
    let (socket, plain) =
        (seen(&refused), seen(&served_by(&["Caddy"]).answered(403, "", "").with_header("server", "Caddy")));
    assert_eq!((socket.answered_by, socket.maker_is_hint), (Hop::Backend, true));
    assert_eq!(plain.answered_by, Hop::Edge, "the same response to a plain call is one of Caddy");
}

#[rstest]
#[case::by_its_length(("content-length", "100"), ErrorKind::HttpResponseIncomplete, Outcome::BrokenStream)]
#[case::in_chunks(("transfer-encoding", "chunked"), ErrorKind::ConnectionTerminated, Outcome::BrokenStream)]
#[case::breaks_its_protocol(("transfer-encoding", "chunked"), ErrorKind::HttpProtocolError, Outcome::BrokenStream)]
#[case::unreadable_chunks(("transfer-encoding", "chunked"), ErrorKind::HttpResponseTransferCoding, Outcome::Unreadable)]
#[case::without_framing(("date", "today"), ErrorKind::ConnectionTerminated, Outcome::Ok)]
#[case::cut_by_our_limit(("content-length", "100"), ErrorKind::HttpResponseBodySize, Outcome::Ok)]
fn a_response_that_is_cut_is_no_success(
    #[case] (name, value): (&str, &str),
    #[case] error: ErrorKind,
    #[case] result: Outcome,
) {
    let whole = exchange(MESSAGES, Valid).answered(200, JSON, r#"{"messages":[]}"#).with_header(name, value);
    assert_eq!((axes(&whole).2, axes(&whole.broken(error)).2), (Outcome::Ok, result));
}

#[rstest]
#[case::at_once(504, 12.0, Outcome::Unavailable)]
#[case::after_a_limit(504, 203.0, Outcome::TimedOut)]
#[case::of_a_firewall(522, 12.0, Outcome::TimedOut)]
fn a_gateway_that_gives_up_at_once_met_no_time_limit(#[case] status: u16, #[case] ms: f64, #[case] result: Outcome) {
    let mut sent = exchange(MESSAGES, Valid).answered(status, "text/plain", "no");
    sent.phases.first_byte_ms = Some(ms);
    assert_eq!(seen(&sent).result, result);
}
