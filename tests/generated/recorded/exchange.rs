//! A recorded call as an [`Exchange`] of fivewhys: the same facts in the types of the harness.

use fivewhys::internal::probe::{
    Body, Close, ErrorKind, Exchange, Frame, Head, Phases, ProbeKey, SentRequest, Side, StreamEvent, TransportError,
};
use serde_json::{Map, Value};

use crate::recorded::recording::{Failure, Probe, Recording, Response, Socket};

/// The exchange. `id` is its ordinal in the recording, from 1.
pub(crate) fn of(recording: &Recording, probe: &Probe, key: ProbeKey, id: u32) -> Exchange {
    let sent_at = recording.began() + jiff::SignedDuration::from_millis((probe.at_s * 1000.0) as i64);
    let mut exchange = Exchange {
        id,
        probe: key,
        step: None,
        started_at: sent_at,
        trace_id: format!("{id:032x}"),
        request: request(probe),
        head: None,
        trailers: Vec::new(),
        body: Body::default(),
        events: Vec::new(),
        frames: Vec::new(),
        close: None,
        error: probe.transport_error.as_ref().map(failure),
        browser: None,
        blocked: None,
        unsent: false,
        unissued: false,
        phases: phases(probe),
        issued: fivewhys::internal::token::IssuedJwt::default(),
    };
    if let Some(response) = &probe.response {
        answered(&mut exchange, response);
    }
    if let Some(socket) = probe.ws.as_ref().filter(|socket| socket.handshake_status.is_some()) {
        upgraded(&mut exchange, socket);
    }
    exchange
}

fn request(probe: &Probe) -> SentRequest {
    SentRequest {
        method: probe.request.method.replace("WEBSOCKET", "GET"),
        url: probe.request.url.clone(),
        headers: headers(&probe.request.headers),
        body: (!probe.request.body.is_null()).then(|| probe.request.body.to_string()),
    }
}

fn phases(probe: &Probe) -> Phases {
    let reached = probe.transport_error.as_ref().is_none_or(|failure| !failure.kind.starts_with("Connect"));
    let first_byte = probe.ws.as_ref().and_then(|socket| socket.handshake_ms).unwrap_or(probe.took_ms());
    Phases {
        dns_ms: None,
        connect_ms: reached.then_some(0.1),
        reused: false,
        first_byte_ms: probe.transport_error.is_none().then_some(first_byte),
        end_ms: probe.took_ms(),
    }
}

fn answered(exchange: &mut Exchange, response: &Response) {
    exchange.head = Some(head(response.status, &response.http_version, &response.headers));
    exchange.body = body(&response.body);
    if exchange.header("content-type").is_some_and(|kind| kind.starts_with("text/event-stream")) {
        exchange.events = events(&response.body, response.elapsed_ms);
    }
}

fn upgraded(exchange: &mut Exchange, socket: &Socket) {
    let headers = socket.headers.clone().unwrap_or_default();
    exchange.head = Some(head(socket.handshake_status.unwrap_or(0), "HTTP/1.1", &headers));
    exchange.body = body(socket.body.as_deref().unwrap_or_default());
    exchange.frames = socket.frames.iter().map(frame).collect();
    exchange.close = socket.close_code.map(|code| Close {
        code,
        reason: socket.close_reason.clone().unwrap_or_default(),
        by: if socket.closed_by.as_deref() == Some("server") { Side::Server } else { Side::Client },
    });
}

fn frame(frame: &crate::recorded::recording::RecordedFrame) -> Frame {
    Frame {
        at_ms: frame.at_ms as u64,
        from: if frame.dir == "recv" { Side::Server } else { Side::Client },
        name: name(&frame.data),
        data: frame.data.clone(),
    }
}

fn events(text: &str, at_ms: f64) -> Vec<StreamEvent> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim);
    data.map(|data| StreamEvent { at_ms: at_ms as u64, name: name(data), data: data.to_owned() }).collect()
}

fn name(data: &str) -> String {
    let json: Option<Value> = serde_json::from_str(data).ok();
    json.as_ref().and_then(|json| json["type"].as_str()).unwrap_or_default().to_owned()
}

fn head(status: u16, version: &str, recorded: &Map<String, Value>) -> Head {
    let headers = headers(recorded).into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    Head { status, version: version.to_owned(), headers: headers.collect() }
}

fn headers(recorded: &Map<String, Value>) -> Vec<(String, String)> {
    recorded.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

fn body(text: &str) -> Body {
    Body { text: text.to_owned(), bytes: text.len(), truncated: false }
}

fn failure(failure: &Failure) -> TransportError {
    let kind = match failure.kind.as_str() {
        "ConnectError" if failure.message.contains("Name or service") => ErrorKind::DnsError,
        "ConnectError" | "ConnectionRefusedError" => ErrorKind::ConnectionRefused,
        "ConnectTimeout" => ErrorKind::ConnectionTimeout,
        "ReadTimeout" | "TimeoutError" => ErrorKind::HttpResponseTimeout,
        _ => ErrorKind::ConnectionTerminated,
    };
    TransportError { kind, detail: failure.message.clone() }
}
