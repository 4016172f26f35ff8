//! What a server sends: bodies, headers, and server-sent events.

use super::{on_any_input, samples};
use crate::fixtures::{endpoint, exchange};
use crate::observe::observe;
use crate::probe::{Exchange, SseParser};
use crate::terms::TokenKind;

/// An exchange whose first line is the status, whose next lines are headers, and whose rest is the body.
fn answered(bytes: &[u8]) -> Exchange {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.parse().ok()).unwrap_or(401);
    let probe = exchange("backend.chat-messages", TokenKind::Valid).answered(status, "", body);
    lines.filter_map(|line| line.split_once(": ")).fold(probe, |probe, (name, value)| probe.with_header(name, value))
}

/// Answers with the headers that the observation reads.
fn answers() -> Vec<Vec<u8>> {
    let heads = [
        "401\nwww-authenticate: Bearer realm=\"a, b\", error=\"invalid_token\", Basic realm=x\ncontent-type: application/json",
        "502\nproxy-status: edge; error=connection_refused; details=\"no upstream\"\nserver: envoy\ncontent-type: text/plain",
        "503\nserver-timing: cfEdge;dur=4, cfOrigin;dur=0\nretry-after: 5\ncontent-type: application/problem+json",
        "302\nlocation: https://login.example.test/authorize?client_id=a&redirect_uri=https%3A%2F%2Fapp\nset-cookie: sid=1; Path=/",
        "200\ncontent-type: text/html; charset=utf-8\nvia: 1.1 google",
    ];
    let bodies = [
        r#"{"detail":"Could not validate credentials"}"#,
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"no","errors":[{"a":[1,2]}]}"#,
        "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>",
    ];
    heads.iter().flat_map(|head| bodies.map(|body| format!("{head}\n\n{body}").into_bytes())).collect()
}

#[test]
fn every_answer_is_observed_the_same_twice() {
    let endpoint = endpoint("backend.chat-messages");
    on_any_input!(answers(), |bytes| {
        let probe = answered(bytes);
        assert_eq!(observe(&probe, &endpoint, "someone"), observe(&probe, &endpoint, "someone"));
    });
}

#[test]
fn events_do_not_depend_on_how_the_bytes_arrive() {
    let streams = vec![
        b"event: token\ndata: {\"delta\":\"a\"}\n\nid: 7\nretry: 10\ndata: b\ndata\n\n: comment\n\n".to_vec(),
        b"\xef\xbb\xbfdata: a\r\ndata:b\r\rdata\n\r\n".to_vec(),
    ];
    on_any_input!(streams, |bytes| {
        let whole = SseParser::default().push(bytes);
        let mut parser = SseParser::default();
        let pieces: Vec<_> = bytes.chunks(1 + bytes.len() % 7).flat_map(|piece| parser.push(piece)).collect();
        assert_eq!(whole, pieces);
    });
}

#[test]
fn every_recorded_body_is_observed() {
    let endpoint = endpoint("backend.chat-messages");
    on_any_input!(samples("harness/evidence/logs/samples"), |bytes| {
        let body = String::from_utf8_lossy(bytes);
        let probe = exchange("backend.chat-messages", TokenKind::Valid).answered(500, "text/plain", &body);
        let _ = observe(&probe, &endpoint, "someone");
    });
}
