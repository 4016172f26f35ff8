//! The response before redaction. It never leaves `probe`.

use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::response::Parts;
use hyper::{HeaderMap, StatusCode, Version};

use crate::config::Endpoint;
use crate::probe::transport::phases::Stopwatch;
use crate::probe::{Close, Frame, Phases, Side, StreamEvent, TransportError, grpc};

/// A response as it was received, complete or not.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) status: Option<(StatusCode, Version)>,
    pub(crate) headers: HeaderMap,
    /// The first bytes of the body: the limit and a margin (see `body`).
    pub(crate) body: Vec<u8>,
    pub(crate) bytes: usize,
    /// The fields after the body, names in lower case.
    pub(crate) trailers: Vec<(String, String)>,
    pub(crate) events: Vec<StreamEvent>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) close: Option<Close>,
    pub(crate) error: Option<TransportError>,
    pub(crate) phases: Phases,
    /// Whether the connection was lost before any part of the request was sent.
    pub(crate) unsent: bool,
}

impl Answer {
    /// Returns the record of a request without a response.
    pub(crate) fn failed(error: TransportError) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    /// Returns how many frames the server sent.
    pub(crate) fn received(&self) -> usize {
        self.frames.iter().filter(|frame| frame.from == Side::Server).count()
    }

    /// Returns the name of the last event or frame that the server sent.
    pub(crate) fn last_name(&self) -> Option<&str> {
        let frame = self.frames.iter().rev().find(|frame| frame.from == Side::Server).map(|frame| frame.name.as_str());
        frame.or_else(|| self.events.last().map(|event| event.name.as_str()))
    }

    /// Returns how many bytes of the response are kept.
    pub(crate) fn kept_bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let trailers: usize = self.trailers.iter().map(|(name, value)| name.len() + value.len()).sum();
        let events: usize = self.events.iter().map(|event| event.data.len()).sum();
        let frames: usize = self.frames.iter().map(|frame| frame.data.len()).sum();
        headers + self.body.len() + trailers + events + frames
    }

    /// Takes the status line and headers, which arrived after this many milliseconds.
    pub(crate) fn begun(&mut self, parts: Parts, after_ms: f64) {
        self.status = Some((parts.status, parts.version));
        self.headers = parts.headers;
        self.phases.first_byte_ms = Some(after_ms);
    }

    /// Takes the trailers of HTTP.
    pub(crate) fn trailed(&mut self, fields: &HeaderMap) {
        let field = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        self.trailers.extend(fields.iter().map(field));
    }

    /// Takes the trailers in the last frame of a gRPC-Web body.
    pub(crate) fn trailed_by_frames(&mut self) {
        let media_type = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        self.trailers.extend(grpc::trailers(media_type, &self.body));
    }

    /// Takes the phase times at the end of the exchange.
    pub(crate) fn ended(&mut self, watch: &Stopwatch, after_ms: f64) {
        self.phases.dns_ms = watch.dns_ms();
        self.phases.connect_ms = watch.connect_ms();
        self.phases.reused |= self.status.is_some() && self.phases.connect_ms.is_none();
        self.phases.end_ms = after_ms;
    }
}

/// Returns the name that the endpoint's `event_name` finds in the data of an event or frame, if the data is JSON.
pub(crate) fn name_in(endpoint: &Endpoint, data: &str) -> Option<String> {
    let path = endpoint.event_name.as_ref()?;
    let json: serde_json::Value = serde_json::from_str(data).ok()?;
    match path.query(&json).first()? {
        serde_json::Value::String(name) => Some(name.clone()),
        other => Some(other.to_string()),
    }
}
