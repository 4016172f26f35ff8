//! The server on a real socket.

use std::sync::Arc;
use std::time::Duration;

use rstest::rstest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{CONNECTIONS, HEADERS, samples, serve};
use crate::watch::state::State;

/// No test waits longer.
const DEADLINE: Duration = Duration::from_secs(60);

/// A running server.
struct Running {
    address: std::net::SocketAddr,
    state: watch::Sender<Arc<State>>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Running {
    async fn start(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let ((state, states), (stop, stopped)) = (watch::channel(Arc::new(state)), oneshot::channel());
        let served = tokio::spawn(serve(listener, states, async { drop(stopped.await) }));
        Self { address, state, stop, served }
    }

    /// Sends this text and returns everything that comes back. The client's end stays open.
    async fn sends(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        drop(stream.write_all(request.as_bytes()).await);
        let mut response = Vec::new();
        drop(timeout(DEADLINE, stream.read_to_end(&mut response)).await.expect("the server closes the connection"));
        String::from_utf8(response).expect("text")
    }

    async fn get(&self, path: &str) -> String {
        self.sends(&format!("GET {path} HTTP/1.1\r\nHost: watch\r\n\r\n")).await
    }
}

#[rstest]
#[case("/", "200", "content-type: text/html; charset=utf-8", "staging fails")]
#[case("/?still", "200", "content-security-policy: default-src 'none'; style-src 'sha256-", "Refresh it by itself")]
#[case("/metrics", "200", "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8", "# EOF\n")]
#[case("/health", "200", "content-type: text/plain; charset=utf-8", "The watch is running.\n")]
#[case("/ready", "200", "x-content-type-options: nosniff", "A run of every target has finished.\n")]
#[case("/favicon.ico", "404", "cache-control: no-store", "There are /")]
#[case("/../metrics", "404", "referrer-policy: no-referrer", "There are /")]
#[tokio::test]
async fn each_path_has_its_response(
    #[case] path: &str,
    #[case] status: &str,
    #[case] header: &str,
    #[case] says: &str,
) {
    let response = Running::start(samples::open_incident()).await.get(path).await;
    let (head, body) = response.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")) && head.contains(header), "{head}");
    assert!(body.contains(says), "{body}");
}

#[tokio::test]
async fn another_site_cannot_frame_the_page() {
    let response = Running::start(samples::green()).await.get("/").await;
    assert!(response.contains("; frame-ancestors 'none'\r\n"), "{response}");
}

#[rstest]
#[case::changes("POST / HTTP/1.1\r\nHost: watch\r\nContent-Length: 3\r\n\r\na=b", "405 ")]
#[case::no_http("hello\r\n\r\n", "400 ")]
#[case::a_long_line(&format!("GET /{} HTTP/1.1\r\n", "a".repeat(100_000)), "4")]
#[case::many_headers(&format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(HEADERS + 1)), "431 ")]
#[tokio::test]
async fn what_breaks_a_limit_is_refused(#[case] request: &str, #[case] status: &str) {
    let running = Running::start(samples::green()).await;
    let response = running.sends(request).await;
    assert!(response.is_empty() || response.starts_with(&format!("HTTP/1.1 {status}")), "{response}");
    assert!(running.get("/health").await.contains("running"), "the server goes on");
}

#[tokio::test]
async fn head_has_no_body() {
    let response = Running::start(samples::green()).await.sends("HEAD /metrics HTTP/1.1\r\nHost: watch\r\n\r\n").await;
    assert!(response.starts_with("HTTP/1.1 200 ") && response.ends_with("\r\n\r\n"), "{response}");
    assert!(response.contains("content-length: "), "{response}");
}

#[tokio::test]
async fn a_client_that_never_ends_its_headers_loses_its_connection() {
    let response = Running::start(samples::green()).await.sends("GET / HTTP/1.1\r\nHost: wa").await;
    assert!(!response.starts_with("HTTP/1.1 200"), "{response}");
}

#[tokio::test]
async fn a_connection_over_the_limit_ends_the_oldest() {
    let running = Running::start(samples::green()).await;
    let mut slow = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut one = TcpStream::connect(running.address).await.expect("it listens");
        one.write_all(b"GET / HTTP/1.1\r\nHost: ").await.expect("it reads");
        slow.push(one);
    }
    assert!(running.get("/health").await.contains("running"));
    let is_open = async |one: &mut TcpStream| {
        drop(one.write_all(b"watch\r\n\r\n").await);
        let mut response = Vec::new();
        drop(timeout(DEADLINE, one.read_to_end(&mut response)).await.expect("the server closes the connection"));
        response.starts_with(b"HTTP/1.1 200 ")
    };
    assert!(!is_open(&mut slow[0]).await, "the oldest made room");
}

#[tokio::test]
async fn it_is_ready_after_the_first_run_and_metrics_follow_the_state() {
    let running = Running::start(samples::state(vec![samples::watched("staging", 0, |_| true)])).await;
    let before = running.get("/ready").await;
    assert!(before.starts_with("HTTP/1.1 503 ") && before.contains("has finished: staging."), "{before}");
    running.state.send_replace(Arc::new(samples::open_incident()));
    assert!(running.get("/ready").await.starts_with("HTTP/1.1 200 "));
    assert!(running.get("/metrics").await.contains("fivewhys_up{target=\"staging\"} 0\n"));
    assert!(running.get("/").await.contains("staging fails"));
}

#[tokio::test]
async fn it_serves_on_when_the_loop_is_gone_and_ends_when_it_is_stopped() {
    let running = Running::start(samples::green()).await;
    let Running { address, state, stop, served } = running;
    drop(state);
    let mut idle = TcpStream::connect(address).await.expect("it listens");
    idle.write_all(b"GET /health HTTP/1.1\r\n\r\n").await.expect("it reads");
    let mut response = String::new();
    timeout(DEADLINE, idle.read_to_string(&mut response)).await.expect("in time").expect("a response");
    assert!(response.contains("running"), "{response}");
    let _open = TcpStream::connect(address).await.expect("it listens");
    stop.send(()).expect("it waits for this");
    timeout(DEADLINE, served).await.expect("an idle connection does not hold it").expect("no panic");
    assert!(TcpStream::connect(address).await.is_err(), "the port is closed");
}
