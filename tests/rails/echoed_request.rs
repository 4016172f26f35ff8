//! A server that sends back the whole request with its credentials, in each encoding, in every part of a response.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use fivewhys::internal::report::Report;
use rstest::rstest;

use crate::rails::staging_target::{leaks_nothing, leaks_nothing_as_curl, smoke};
use crate::support::server::{Answer, Received, Server};

type Encode = fn(&[u8]) -> String;

fn raw(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode([b"x", bytes].concat())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn percent(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02x}")).collect()
}

fn json(bytes: &[u8]) -> String {
    serde_json::json!({ "detail": raw(bytes), "headers": { "authorization": raw(bytes) } }).to_string()
}

/// Returns the text in one line, as the value of a header must be.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() { c } else { ' ' }).collect()
}

/// Returns the end of the token, the signature: a close reason is too short for all of it.
fn signature_at_the_end(request: &Received) -> String {
    let token = request.token().unwrap_or_default();
    token.chars().skip(token.len().saturating_sub(100)).collect()
}

#[rstest]
#[case::raw(raw, "401 Unauthorized")]
#[case::base64(base64, "500 Internal Server Error")]
#[case::base64url(base64url, "403 Forbidden")]
#[case::hex(hex, "401 Unauthorized")]
#[case::percent(percent, "502 Bad Gateway")]
#[case::json(json, "422 Unprocessable Content")]
fn an_error_page_that_quotes_the_request(#[case] encode: Encode, #[case] status: &'static str) {
    let server = Server::start(move |request| {
        let echo = encode(&request.bytes());
        Answer::http(status, &[("Content-Type", "text/html")], format!("<h1>Sorry</h1>{echo}").as_bytes())
    });
    let output = leaks_nothing(&server, smoke(&server));
    was_quoted(&server, &output.stdout);
}

#[test]
fn no_curl_command_quotes_an_error_page() {
    let server = Server::start(|request| Answer::http("401 Unauthorized", &[], raw(&request.bytes()).as_bytes()));
    leaks_nothing_as_curl(&server, smoke(&server));
}

// Every encoding is tried in a page. In headers, streams and sockets some are left to `cargo xtask exam`.
#[rstest]
#[case::raw(raw)]
#[case::base64(base64)]
#[ignore = "cargo xtask exam"]
#[case::base64url(base64url)]
#[ignore = "cargo xtask exam"]
#[case::hex(hex)]
#[ignore = "cargo xtask exam"]
#[case::percent(percent)]
fn headers_that_quote_the_request(#[case] encode: Encode) {
    let server = Server::start(move |request| {
        let echo = one_line(&encode(&request.bytes()));
        let headers = [("WWW-Authenticate", &*echo), ("X-Request", &*echo), ("Set-Cookie", &*format!("a={echo}"))];
        Answer::http(&format!("403 {echo}"), &headers, b"{}")
    });
    leaks_nothing(&server, smoke(&server));
}

#[rstest]
#[case::raw(raw)]
#[ignore = "cargo xtask exam"]
#[case::base64(base64)]
#[case::base64url(base64url)]
#[ignore = "cargo xtask exam"]
#[case::hex(hex)]
#[ignore = "cargo xtask exam"]
#[case::percent(percent)]
#[case::json(json)]
fn streams_and_sockets_that_quote_the_request(#[case] encode: Encode) {
    let server = Server::start(move |request| {
        let echo = encode(&request.bytes());
        if request.header("upgrade").is_some() {
            return Answer::Socket(echo, signature_at_the_end(request));
        }
        let lines: String = echo.lines().map(|line| format!("data: {line}\n")).collect();
        let event = format!("event: {}\nid: {}\n{lines}\n: {}\n\n", one_line(&echo), one_line(&echo), one_line(&echo));
        Answer::http("200 OK", &[("Content-Type", "text/event-stream")], event.as_bytes())
    });
    leaks_nothing(&server, smoke(&server));
}

#[rstest]
fn a_token_that_the_server_itself_made_is_kept_secret_too(#[values(raw, base64, hex)] encode: Encode) {
    const ISSUED: &str = "opaque-token-of-the-server-0123456789abcdef";
    let server = Server::start(move |request| match request.path() {
        "/auth/login" => Answer::http("200 OK", &[], format!("{{\"access_token\":\"{ISSUED}\"}}").as_bytes()),
        _ => Answer::http("403 Forbidden", &[("Content-Type", "text/plain")], encode(&request.bytes()).as_bytes()),
    });
    let scenarios = tempfile::tempdir().expect("a folder");
    let step = "id = \"list\"\ncall = \"backend.chat-messages\"\ntoken = \"issued\"\nexpect = { status = 200 }\n";
    let text = format!("title = \"an issued token\"\n[[step]]\n{step}");
    std::fs::write(scenarios.path().join("issued.toml"), text).expect("a file");
    let mut command = smoke(&server);
    command.arg("--scenarios").arg(scenarios.path());
    let output = leaks_nothing(&server, command);
    let used = server.seen().iter().any(|request| request.head.contains(ISSUED));
    assert!(used, "the issued token was never presented: the test proves nothing");
    assert!(!String::from_utf8_lossy(&output.stdout).contains(ISSUED));
    assert!(!String::from_utf8_lossy(&output.stdout).to_lowercase().contains(&hex(ISSUED.as_bytes()).to_lowercase()));
}

/// How much of a secret the body limit leaves.
const LEFT: [usize; 3] = [10, 18, 30];
const LIMIT: usize = 1000;

#[test]
fn a_body_that_is_cut_within_a_secret() {
    let cuts = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = Arc::clone(&cuts);
    let server = Server::start(move |request| {
        let secrets =
            ["x-service-secret", "authorization"].map(|name| request.header(name).map(|secret| (name, secret)));
        let (name, secret) = secrets.into_iter().flatten().next().unwrap_or(("none", "-"));
        let mut seen = seen.lock().expect("no holder panics");
        let left = LEFT.into_iter().find(|left| !seen.contains(&(name, *left))).unwrap_or(LEFT[0]);
        seen.insert((name, left));
        Answer::http("403 Forbidden", &[], format!("{}{secret}", "x".repeat(LIMIT - left)).as_bytes())
    });
    let mut command = smoke(&server);
    command.args(["--set", &format!("budget.body_bytes={LIMIT}")]);
    let output = leaks_nothing(&server, command);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(!shown.contains("xservice"), "the first part of the service secret is left");
    let cuts = cuts.lock().expect("no holder panics");
    for name in ["x-service-secret", "authorization"] {
        assert!(LEFT.iter().all(|left| cuts.contains(&(name, *left))), "{name} was not cut everywhere: {cuts:?}");
    }
}

#[test]
fn no_request_calls_itself_a_test() {
    let server = Server::start(|_| Answer::http("403 Forbidden", &[], b"{}"));
    leaks_nothing(&server, smoke(&server));
    let is_test = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_lowercase();
        name.contains("test") || name.contains("e2e")
    };
    for request in server.seen() {
        let named: Vec<_> = request.head.lines().skip(1).filter(is_test).collect();
        assert!(named.is_empty(), "{named:?}");
        assert!(request.header("traceparent").is_some() && request.header("x-request-id").is_some(), "{request:?}");
    }
}

/// Checks that the server has seen credentials of each kind, and that its page is in the report: otherwise the test proves nothing.
fn was_quoted(server: &Server, report: &[u8]) {
    let seen: Vec<Received> = server.seen();
    for name in ["authorization", "x-service-secret", "sec-websocket-protocol"] {
        assert!(seen.iter().any(|request| request.header(name).is_some()), "no request has {name}");
    }
    let report: Report = serde_json::from_slice(report).expect("a report");
    let quoted = report.probes.iter().filter(|probe| probe.exchange.body.text.contains("<h1>Sorry</h1>")).count();
    assert!(quoted > 10, "{quoted} pages");
}
