//! One entry of a HAR file as an exchange.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use crate::har::credential::Credential;
use crate::har::document::{Content, Entry, Header, Message, Probe, Response, Timings};
use crate::har::login::{self, FormLogin};
use crate::observe::Observation;
use crate::probe::{
    Body, ErrorKind, Exchange, Frame, Head, Phases, ProbeKey, SentRequest, Side, SseParser, StreamEvent,
    TransportError, clean_events, clean_frames, plain, trailers,
};
use crate::redact::Redactor;
use crate::terms::{Caller, TokenKind, TokenLocation};

/// One recorded exchange, redacted.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// The exchange. Its probe names no endpoint, unless fivewhys recorded it.
    pub(crate) exchange: Exchange,
    /// The address as it was called.
    pub(crate) url: Url,
    /// The credential, if the recording shows one.
    pub(crate) credential: Option<Credential>,
    /// Whether the request carried a credential, if the recording shows it.
    pub(crate) carried: Option<bool>,
    /// The login with a form that it is, if it is one.
    pub(crate) login: Option<FormLogin>,
    /// Whether the entry is a part of a page: an image, a script, a style, a font, or the page itself.
    pub(crate) is_asset: bool,
    /// Whether it is a WebSocket.
    pub(crate) is_socket: bool,
    /// What the platform's request log says about it, if the call comes from such a log. A line without a text may be about
    /// an answer of the service.
    pub(crate) by_the_platform: Option<String>,
    /// What fivewhys made of it when it recorded it.
    pub(crate) observation: Option<Observation>,
}

impl Recorded {
    /// Reports whether a log shows the call: then nothing of the response is known but its status.
    pub(crate) fn is_logged(&self) -> bool {
        self.exchange.head.as_ref().is_some_and(|head| head.headers.is_empty())
    }
}

/// The most bytes of a body, and the most messages of a socket, that are kept of one entry.
const BODY: usize = 1 << 20;
const MESSAGES: usize = 1000;

/// Makes an exchange of an entry. `None`: its URL is not one.
pub(super) fn recorded(
    entry: Entry,
    credential: Option<Credential>,
    keeps_credentials: bool,
    redactor: &Redactor,
) -> Option<Recorded> {
    let url = Url::parse(&entry.request.url).ok().filter(Url::has_host)?;
    let is_socket = matches!(url.scheme(), "ws" | "wss") || entry.resource_type.as_deref() == Some("websocket");
    let carried = credential.map(|_| true).or(keeps_credentials.then_some(false));
    let (is_asset, login) = (!is_socket && is_asset(&entry), login::of(&entry));
    let clean = |text: &str| redactor.clean(text);
    let Entry { started_date_time, time, request, mut response, timings, messages, probe, .. } = entry;
    let content = content(&response.content);
    let text = String::from_utf8_lossy(&content).into_owned();
    let bytes = usize::try_from(response.content.size).unwrap_or(0).max(text.len());
    let phases = phases(&timings, time);
    let media_type = std::mem::take(&mut response.content.mime_type);
    let head = head(&mut response, redactor);
    let frames = messages.iter().take(MESSAGES).map(|one| frame(one, started_date_time)).collect();
    let mut frames = clean_frames(frames, redactor);
    frames.iter_mut().for_each(|frame| frame.data = cut(std::mem::take(&mut frame.data)));
    let mut exchange = Exchange {
        id: 0,
        probe: ProbeKey {
            endpoint: String::new(),
            token: credential.map_or(TokenKind::None, |one| one.token),
            token_location: credential.map_or(TokenLocation::Header, |one| one.location),
            caller: Caller::None,
            user: String::new(),
        },
        step: None,
        started_at: started_date_time,
        trace_id: trace_id(&request.headers).unwrap_or_default(),
        request: SentRequest {
            method: request.method.to_ascii_uppercase(),
            url: clean(&request.url),
            headers: request.headers.iter().map(|one| (one.name.clone(), shown(one, redactor))).collect(),
            body: request.post_data.map(|body| clean(&body.text)).filter(|text| !text.is_empty()),
        },
        error: error(&response, head.is_some(), &text, &messages, is_socket),
        events: Vec::new(),
        body: Body { text: cut(clean(&text)), bytes, truncated: text.len() > BODY },
        trailers: trailers(&media_type, &content)
            .into_iter()
            .map(|(name, value)| (clean(&name), clean(&plain(&name, &value))))
            .collect(),
        head,
        frames,
        close: None,
        browser: None,
        blocked: None,
        unsent: false,
        unissued: false,
        phases,
        issued: crate::token::IssuedJwt::default(),
    };
    exchange.events = events(&exchange);
    let observation = probe.and_then(|probe| restore(&mut exchange, *probe));
    exchange.events = clean_events(exchange.events, redactor);
    Some(Recorded {
        exchange,
        url,
        credential,
        carried,
        login,
        is_asset,
        is_socket,
        by_the_platform: None,
        observation,
    })
}

/// Puts back what HAR has no field for, and returns the observation.
fn restore(exchange: &mut Exchange, probe: Probe) -> Option<Observation> {
    let observation = probe.observation;
    let Probe {
        id, probe, step, trace_id, body, trailers, events, names, close, error, phases, issued, unissued, ..
    } = probe;
    let text = std::mem::take(&mut exchange.body.text);
    for (frame, (at_ms, name)) in exchange.frames.iter_mut().zip(names) {
        (frame.at_ms, frame.name) = (at_ms, name);
    }
    exchange.body = Body { text, ..body };
    exchange.trailers = trailers;
    (exchange.id, exchange.probe, exchange.step, exchange.trace_id) = (id, probe, step, trace_id);
    (exchange.events, exchange.close, exchange.error, exchange.phases) = (events, close, error, phases);
    (exchange.issued, exchange.unissued) = (issued, unissued);
    observation
}

/// Reports whether the entry is a part of a page, not a call.
fn is_asset(entry: &Entry) -> bool {
    const TYPES: [&str; 8] = ["document", "stylesheet", "image", "font", "script", "media", "manifest", "preflight"];
    const MEDIA: [&str; 6] = ["image/", "font/", "text/css", "javascript", "video/", "audio/"];
    match entry.resource_type.as_deref() {
        Some(kind) => TYPES.contains(&kind),
        None => {
            let media = entry.response.content.mime_type.as_str();
            let is_page =
                media.starts_with("text/html") && entry.response.status < 400 && entry.request.method == "GET";
            is_page || entry.request.method == "OPTIONS" || MEDIA.iter().any(|one| media.contains(one))
        }
    }
}

/// Returns the trace id of `traceparent` (W3C Trace Context, 3.2.2), `X-Cloud-Trace-Context` or `X-B3-TraceId`.
fn trace_id(headers: &[Header]) -> Option<String> {
    let of = |name: &str| headers.iter().find(|one| one.name.eq_ignore_ascii_case(name)).map(|one| one.value.as_str());
    let parent = of("traceparent").and_then(|value| value.split('-').nth(1));
    let cloud = || of("x-cloud-trace-context").and_then(|value| value.split('/').next());
    let id = parent.or_else(cloud).or_else(|| of("x-b3-traceid"))?;
    (id.len() == 32 && id.bytes().all(|sign| sign.is_ascii_hexdigit())).then(|| id.to_ascii_lowercase())
}

/// Headers whose value is a credential, whatever it looks like.
fn shown(header: &Header, redactor: &Redactor) -> String {
    let is_secret = ["authorization", "cookie", "set-cookie", "proxy-authorization"]
        .iter()
        .any(|name| header.name.eq_ignore_ascii_case(name));
    if is_secret { "<secret>".to_owned() } else { redactor.clean(&plain(&header.name, &header.value)) }
}

fn head(response: &mut Response, redactor: &Redactor) -> Option<Head> {
    let told = u16::try_from(response.status).ok().filter(|status| (100..1000).contains(status));
    let status = told.or_else(|| refused_upgrade(response.error.as_deref()?))?;
    let headers = std::mem::take(&mut response.headers);
    let one = |header: &Header| (header.name.to_ascii_lowercase(), shown(header, redactor));
    let version = match response.http_version.to_ascii_lowercase().as_str() {
        "h2" | "http/2" | "http/2.0" => "HTTP/2.0".to_owned(),
        "h3" | "http/3" => "HTTP/3.0".to_owned(),
        "" => "HTTP/1.1".to_owned(),
        other => other.to_ascii_uppercase(),
    };
    Some(Head { status, version, headers: headers.iter().map(one).collect() })
}

/// Returns the status of a refused handshake from Chromium's message about it.
fn refused_upgrade(message: &str) -> Option<u16> {
    message.split_once("Unexpected response code: ")?.1.get(..3)?.parse().ok()
}

/// Returns the body. One in base64 is decoded.
fn content(content: &Content) -> Vec<u8> {
    let text = content.text.clone().unwrap_or_default().into_bytes();
    if content.encoding.as_deref() != Some("base64") {
        return text;
    }
    STANDARD.decode(&text).unwrap_or(text)
}

fn cut(mut text: String) -> String {
    let end = (0..=BODY.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.truncate(end.unwrap_or(0));
    text
}

fn phases(timings: &Timings, time: Option<f64>) -> Phases {
    let of = |phase: Option<f64>| phase.filter(|ms| *ms > 0.0).unwrap_or(0.0);
    let Timings { blocked, dns, connect, send, wait, receive } = *timings;
    let before = of(blocked) + of(dns) + of(connect) + of(send);
    let end_ms = time.filter(|ms| *ms > 0.0).unwrap_or(before + of(wait) + of(receive));
    Phases {
        dns_ms: dns.filter(|ms| *ms > 0.0),
        connect_ms: connect.filter(|ms| *ms > 0.0),
        reused: false,
        first_byte_ms: wait.filter(|ms| *ms > 0.0).map(|wait| before + wait),
        end_ms,
    }
}

fn frame(message: &Message, started: jiff::Timestamp) -> Frame {
    let seconds = message.time - started.as_millisecond() as f64 / 1000.0;
    Frame {
        at_ms: (seconds.max(0.0) * 1000.0).round() as u64,
        from: if message.direction == "send" { Side::Client } else { Side::Server },
        name: String::new(),
        data: message.data.clone(),
    }
}

/// Returns the events of a stream. A recording has no time for each: all count from the first byte on.
fn events(exchange: &Exchange) -> Vec<StreamEvent> {
    if !exchange.header("content-type").is_some_and(|media| media.starts_with("text/event-stream")) {
        return Vec::new();
    }
    let at_ms = exchange.phases.first_byte_ms.unwrap_or(0.0).round() as u64;
    let all = SseParser::default().push(exchange.body.text.as_bytes());
    let name = |event: String| if event.is_empty() { "message".to_owned() } else { event };
    all.into_iter().map(|one| StreamEvent { at_ms, name: name(one.event), data: one.data }).collect()
}

/// Returns why there is no whole answer, by the error code of Chromium where there is one.
fn error(
    response: &Response,
    has_head: bool,
    text: &str,
    messages: &[Message],
    is_socket: bool,
) -> Option<TransportError> {
    let code = response.error.as_deref().unwrap_or_default();
    if has_head && (is_socket || code.is_empty() || !text.is_empty() || !messages.is_empty()) {
        return None;
    }
    const CODES: [(&str, ErrorKind); 14] = [
        ("NAME_NOT_RESOLVED", ErrorKind::DnsError),
        ("CONNECTION_REFUSED", ErrorKind::ConnectionRefused),
        ("CONNECTION_TIMED_OUT", ErrorKind::ConnectionTimeout),
        ("TIMED_OUT", ErrorKind::HttpResponseTimeout),
        ("ADDRESS_UNREACHABLE", ErrorKind::DestinationIpUnroutable),
        ("INTERNET_DISCONNECTED", ErrorKind::DestinationIpUnroutable),
        ("CERT_", ErrorKind::TlsCertificateError),
        ("SSL_", ErrorKind::TlsProtocolError),
        ("INCOMPLETE_CHUNKED", ErrorKind::HttpResponseIncomplete),
        ("CONTENT_LENGTH_MISMATCH", ErrorKind::HttpResponseIncomplete),
        ("HTTP2_PROTOCOL_ERROR", ErrorKind::HttpProtocolError),
        ("INVALID_HTTP_RESPONSE", ErrorKind::HttpProtocolError),
        ("CONNECTION_RESET", ErrorKind::ConnectionTerminated),
        ("EMPTY_RESPONSE", ErrorKind::ConnectionTerminated),
    ];
    let known = CODES.iter().find(|(part, _)| code.contains(part)).map(|(_, kind)| *kind);
    let usual = if has_head { ErrorKind::HttpResponseIncomplete } else { ErrorKind::ConnectionTerminated };
    let detail = if code.is_empty() { "the recording has no answer" } else { code };
    Some(TransportError { kind: known.unwrap_or(usual), detail: detail.chars().take(120).collect() })
}
