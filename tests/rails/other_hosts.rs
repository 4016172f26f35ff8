//! Hosts that the target does not name. A redirect or a proxy of the environment leads to no connection there.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use fivewhys::internal::report::{Report, RunOutcome};
use rstest::rstest;

use crate::rails::staging_target::{leaks_nothing, smoke};
use crate::support::server::{Answer, Server};

/// A listener that the program must not connect to.
struct Elsewhere(TcpListener);

impl Elsewhere {
    fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener that can be asked");
        Self(listener)
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("its address")
    }

    fn was_not_visited(&self) -> bool {
        matches!(self.0.accept(), Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

#[rstest]
#[case("301 Moved Permanently", "127.0.0.1")]
#[case("302 Found", "localhost")]
#[case("307 Temporary Redirect", "localhost")]
#[case("308 Permanent Redirect", "127.0.0.1")]
fn a_redirect_is_not_followed(#[case] status: &'static str, #[case] host: &str) {
    let elsewhere = Elsewhere::listen();
    let there = format!("http://{host}:{}/login", elsewhere.address().port());
    let server = Server::start(move |_| Answer::http(status, &[("Location", &there)], b""));
    let output = leaks_nothing(&server, smoke(&server));
    assert!(elsewhere.was_not_visited(), "the redirect was followed");
    let report: Report = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report.outcome, RunOutcome::Failed, "a redirect is no success");
    assert!(!server.seen().is_empty());
}

#[test]
fn a_proxy_of_the_environment_gets_no_token() {
    let elsewhere = Elsewhere::listen();
    let server = Server::start(|_| Answer::http("403 Forbidden", &[], b"{}"));
    let proxy = format!("http://{}", elsewhere.address());
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let mut command = smoke(&server);
    command.envs(names.map(|name| (name, &proxy)));
    leaks_nothing(&server, command);
    assert!(elsewhere.was_not_visited(), "the environment's proxy was used");
    assert!(!server.seen().is_empty());
}

#[test]
fn the_listener_notices_a_visit() {
    let elsewhere = Elsewhere::listen();
    let _visit = std::net::TcpStream::connect(elsewhere.address()).expect("it listens");
    assert!(!elsewhere.was_not_visited());
}

/// Returns a proxy that opens no tunnel and answers every other request itself.
fn proxy() -> Server {
    Server::start(|request| match request.head.starts_with("CONNECT ") {
        true => Answer::http("403 Forbidden", &[], b"no tunnel"),
        false => Answer::http("200 OK", &[("Content-Type", "application/json")], br#"{"status": "healthy"}"#),
    })
}

/// A WebSocket and an HTTPS call need a tunnel (RFC 9110, 9.3.6); a plain call names the whole URL.
#[test]
fn a_proxy_that_the_target_names_gets_every_call() {
    let (server, proxy) = (Server::start(|_| Answer::http("403 Forbidden", &[], b"{}")), proxy());
    let mut command = smoke(&server);
    command.args(["--set", &format!("proxy=http://user:pass-of-the-proxy@{}", proxy.address)]);
    let output = leaks_nothing(&server, command);
    let asked: Vec<String> = proxy.seen().into_iter().map(|request| request.head).collect();
    let whole = format!("GET http://{}/health", server.address);
    let tunnel = format!("CONNECT {} ", server.address);
    assert!(asked.iter().any(|head| head.starts_with(&whole)), "{asked:#?}");
    assert!(asked.iter().any(|head| head.starts_with(&tunnel)), "{asked:#?}");
    assert!(asked.iter().all(|head| head.to_ascii_lowercase().contains("proxy-authorization: basic ")), "{asked:#?}");
    assert!(server.seen().is_empty(), "a call went around the proxy");
    let report: Report = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report.proxy, Some(format!("http://{}", proxy.address)));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("pass-of-the-proxy"));
}

#[rstest]
#[case::asked_for(&["--set", "proxy=environment"], true)]
#[case::not_asked_for(&[], false)]
fn the_proxy_of_the_environment_is_used_only_where_the_target_asks(#[case] options: &[&str], #[case] used: bool) {
    let (server, proxy) = (Server::start(|_| Answer::http("403 Forbidden", &[], b"{}")), proxy());
    let mut command = smoke(&server);
    command.args(["--set", "backend=http://backend.invalid", "--set", "websocket=ws://backend.invalid"]).args(options);
    let url = format!("http://{}", proxy.address);
    command.envs(["HTTP_PROXY", "http_proxy"].map(|name| (name, &url)));
    leaks_nothing(&server, command);
    assert_eq!(!proxy.seen().is_empty(), used);
}
