//! Exports over a real socket, decoded by a reader of the protobuf wire format that the exporter does not share.

use std::collections::HashMap;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{Destination, export};
use crate::redact::Redactor;
use crate::report::{Report, samples};

const SECRET: &str = "canary-of-a-collector-key-4711";

/// A request as it came: its head and its body.
struct Got {
    head: String,
    body: Vec<u8>,
}

/// Answers one request with this status.
async fn collector(status: &'static str) -> (Destination, tokio::task::JoinHandle<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/v1/traces", listener.local_addr().expect("an address"));
    let answering = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a client");
        let mut bytes = Vec::new();
        let (end, length) = loop {
            assert!(socket.read_buf(&mut bytes).await.expect("bytes") > 0, "the request is whole");
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            break (end + 4, length.parse::<usize>().expect("a number"));
        };
        while bytes.len() < end + length {
            assert!(socket.read_buf(&mut bytes).await.expect("bytes") > 0, "the body is whole");
        }
        let said = if status.starts_with('2') { String::new() } else { format!("the key {SECRET} is unknown") };
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", said.len());
        let answer = head + &said;
        socket.write_all(answer.as_bytes()).await.expect("an answer");
        Got { head: String::from_utf8_lossy(&bytes[..end]).to_lowercase(), body: bytes[end..].to_vec() }
    });
    let headers = HashMap::from([("x-key".to_owned(), SECRET.to_owned())]);
    (Destination::at(url.parse().expect("a URL"), headers, &Redactor::new()), answering)
}

/// Returns the fields of a protobuf message: number and bytes. A fixed or variable number has its bytes in little endian.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let length = match key & 7 {
            0 => {
                all.push((key >> 3, varint(&mut bytes).to_le_bytes().to_vec()));
                continue;
            }
            1 => 8,
            2 => usize::try_from(varint(&mut bytes)).expect("a length"),
            5 => 4,
            other => panic!("wire type {other}"),
        };
        let (value, rest) = bytes.split_at(length);
        all.push((key >> 3, value.to_vec()));
        bytes = rest;
    }
    all
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().expect("a varint");
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return value;
        }
    }
    panic!("a varint has at most ten bytes")
}

fn all(message: &[u8], number: u64) -> Vec<Vec<u8>> {
    fields(message).into_iter().filter(|(one, _)| *one == number).map(|(_, value)| value).collect()
}

/// One span as decoded (opentelemetry/proto/trace/v1/trace.proto).
#[derive(Debug)]
struct Decoded {
    name: String,
    trace: String,
    id: String,
    parent: String,
    links: Vec<String>,
}

fn decoded(body: &[u8]) -> Vec<Decoded> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let scopes = all(body, 1).into_iter().flat_map(|resource| all(&resource, 2));
    let spans = scopes.flat_map(|scope| all(&scope, 2));
    let one = |span: &[u8], number| all(span, number).pop().unwrap_or_default();
    spans
        .map(|span| Decoded {
            name: String::from_utf8(one(&span, 5)).expect("a name"),
            trace: hex(&one(&span, 1)),
            id: hex(&one(&span, 2)),
            parent: hex(&one(&span, 4)),
            links: all(&span, 13).iter().map(|link| hex(&one(link, 2))).collect(),
        })
        .collect()
}

/// Returns a report whose first step has an exchange with these ids.
fn report() -> Report {
    let mut report = samples::certain();
    let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for probe in &mut report.probes {
        probe.exchange.request.headers = vec![("traceparent".to_owned(), sent.to_owned())];
    }
    for step in report.scenarios.iter_mut().flat_map(|scenario| &mut scenario.steps) {
        step.exchange = None;
    }
    let id = report.probes[0].exchange.id;
    report.scenarios[1].steps[0].exchange = Some(id);
    report.probes[0].exchange.step = Some("chat-stream/send".to_owned());
    report
}

#[tokio::test]
async fn a_call_keeps_the_ids_that_the_system_saw() {
    let (to, answering) = collector("200 OK").await;
    let report = report();
    let count = export(&report, &to).await.expect("it is accepted");
    let got = answering.await.expect("a request");
    assert!(got.head.starts_with("post /v1/traces http/1.1\r\n"), "{}", got.head);
    assert!(got.head.contains("content-type: application/x-protobuf"), "{}", got.head);
    assert!(got.head.contains(&format!("x-key: {SECRET}")), "{}", got.head);
    let spans = decoded(&got.body);
    assert_eq!(spans.len(), count);
    let named = |name: &str| spans.iter().find(|span| span.name.starts_with(name)).expect(name);
    let (run, scenario, step) = (named("fivewhys run"), named("scenario chat-stream"), named("step chat-stream/send"));
    assert_eq!((run.parent.as_str(), &scenario.parent, &step.parent), ("", &run.id, &scenario.id));
    assert!([scenario, step].iter().all(|span| span.trace == run.trace), "{spans:?}");
    let call = spans.iter().find(|span| span.id == "00f067aa0ba902b7").expect("the call");
    assert_eq!((call.trace.as_str(), call.parent.as_str()), ("4bf92f3577b34da6a3ce929d0e0e4736", ""));
    assert_eq!((&call.links, &step.links), (&vec![step.id.clone()], &vec![call.id.clone()]));
}

#[tokio::test]
async fn no_span_holds_a_header_or_a_body() {
    let (to, answering) = collector("200 OK").await;
    let mut report = report();
    for probe in &mut report.probes {
        probe.exchange.request.headers.push(("x-api-key".to_owned(), SECRET.to_owned()));
        probe.exchange.request.body = Some(SECRET.to_owned());
        probe.exchange.body.text = SECRET.to_owned();
    }
    export(&report, &to).await.expect("it is accepted");
    let body = answering.await.expect("a request").body;
    assert!(!body.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()), "a secret was exported");
}

#[tokio::test]
async fn a_refusal_says_where_and_why_without_the_headers() {
    let (to, answering) = collector("401 Unauthorized").await;
    let error = export(&report(), &to).await.expect_err("it is refused").to_string();
    answering.await.expect("a request");
    assert!(error.contains("/v1/traces: ") && error.contains("401") && !error.contains(SECRET), "{error}");
}
