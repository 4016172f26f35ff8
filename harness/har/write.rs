//! A run as a HAR 1.2 file. The fields that begin with `_fivewhys` hold what HAR has no field for.

use serde_json::{Value, json};

use crate::har::document::{
    Cache, Content, Creator, Entry, Har, Header, Log, Message, PostData, Probe, Request, Response, Timings,
};
use crate::observe::Observation;
use crate::probe::{Body, Exchange, Side};

/// Returns the HAR document of the exchanges of a run. They are redacted, so the document is. `run` is kept as it is.
pub(crate) fn write<'a>(
    exchanges: impl Iterator<Item = (&'a Exchange, Option<&'a Observation>)>,
    run: Value,
) -> String {
    let entries = exchanges.map(|(exchange, seen)| serde_json::to_value(entry(exchange, seen)).unwrap_or(Value::Null));
    let creator = Creator { name: "fivewhys".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let log = Log { version: "1.2".to_owned(), creator: Some(creator), entries: entries.collect(), run: Some(run) };
    let mut text = serde_json::to_string_pretty(&Har { log }).unwrap_or_else(|_| json!({}).to_string());
    text.push('\n');
    text
}

fn entry(exchange: &Exchange, observation: Option<&Observation>) -> Entry {
    let phases = exchange.phases;
    let (dns, connect) = (phases.dns_ms, phases.connect_ms);
    let before = dns.unwrap_or(0.0) + connect.unwrap_or(0.0);
    let first_byte = phases.first_byte_ms.unwrap_or(phases.end_ms);
    let body = Body { text: String::new(), bytes: exchange.body.bytes, truncated: exchange.body.truncated };
    Entry {
        started_date_time: exchange.started_at,
        time: Some(phases.end_ms),
        request: request(exchange),
        response: response(exchange),
        cache: Cache {},
        timings: Timings {
            blocked: Some(-1.0),
            dns: dns.or(Some(-1.0)),
            connect: connect.or(Some(-1.0)),
            send: Some(0.0),
            wait: Some((first_byte - before).max(0.0)),
            receive: Some((phases.end_ms - first_byte).max(0.0)),
        },
        resource_type: exchange.request.url.starts_with("ws").then(|| "websocket".to_owned()),
        messages: messages(exchange),
        probe: Some(Box::new(Probe {
            id: exchange.id,
            probe: exchange.probe.clone(),
            step: exchange.step.clone(),
            trace_id: exchange.trace_id.clone(),
            body,
            trailers: exchange.trailers.clone(),
            events: exchange.events.clone(),
            names: exchange.frames.iter().map(|frame| (frame.at_ms, frame.name.clone())).collect(),
            close: exchange.close.clone(),
            error: exchange.error.clone(),
            phases,
            issued: exchange.issued,
            unissued: exchange.unissued,
            observation: observation.cloned(),
        })),
    }
}

fn headers(all: &[(String, String)]) -> Vec<Header> {
    all.iter().map(|(name, value)| Header { name: name.clone(), value: value.clone() }).collect()
}

fn request(exchange: &Exchange) -> Request {
    let sent = &exchange.request;
    let url = url::Url::parse(&sent.url).ok();
    let pairs = url.iter().flat_map(url::Url::query_pairs);
    Request {
        method: sent.method.clone(),
        url: sent.url.clone(),
        http_version: exchange.head.as_ref().map_or_else(|| "HTTP/1.1".to_owned(), |head| head.version.clone()),
        cookies: Vec::new(),
        headers: headers(&sent.headers),
        query_string: pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect(),
        post_data: sent.body.clone().map(|text| PostData {
            mime_type: "application/json".to_owned(),
            text,
            params: Vec::new(),
        }),
        headers_size: -1,
        body_size: sent.body.as_ref().map_or(0, |body| i64::try_from(body.len()).unwrap_or(-1)),
    }
}

fn response(exchange: &Exchange) -> Response {
    let size = i64::try_from(exchange.body.bytes).unwrap_or(-1);
    let head = exchange.head.as_ref();
    Response {
        status: head.map_or(0, |head| i64::from(head.status)),
        status_text: String::new(),
        http_version: head.map(|head| head.version.clone()).unwrap_or_default(),
        cookies: Vec::new(),
        headers: head.map(|head| headers(&head.headers)).unwrap_or_default(),
        content: Content {
            size,
            mime_type: exchange.header("content-type").unwrap_or("x-unknown").to_owned(),
            text: (!exchange.body.text.is_empty()).then(|| exchange.body.text.clone()),
            encoding: None,
        },
        redirect_url: exchange.header("location").unwrap_or_default().to_owned(),
        headers_size: -1,
        body_size: size,
        error: exchange.error.as_ref().filter(|_| head.is_none()).map(|error| error.kind.to_string()),
    }
}

fn messages(exchange: &Exchange) -> Vec<Message> {
    let started = exchange.started_at.as_millisecond() as f64 / 1000.0;
    let one = |frame: &crate::probe::Frame| Message {
        direction: if frame.from == Side::Client { "send" } else { "receive" }.to_owned(),
        time: started + frame.at_ms as f64 / 1000.0,
        opcode: 1,
        data: frame.data.clone(),
    };
    exchange.frames.iter().map(one).collect()
}
