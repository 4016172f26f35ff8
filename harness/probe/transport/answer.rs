//! What came back, before redaction. Sits in `probe`, between the transports and `record`; never leaves the room.

use hyper::http::response::Parts;
use hyper::{HeaderMap, StatusCode, Version};

use crate::config::Endpoint;
use crate::probe::transport::phases::Stopwatch;
use crate::probe::{Close, Frame, Phases, StreamEvent, TransportError};

/// An answer as it came, as far as it came.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) status: Option<(StatusCode, Version)>,
    pub(crate) headers: HeaderMap,
    /// The body's first bytes: the limit and a margin (see `body`).
    pub(crate) body: Vec<u8>,
    pub(crate) bytes: usize,
    pub(crate) events: Vec<StreamEvent>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) close: Option<Close>,
    pub(crate) error: Option<TransportError>,
    pub(crate) phases: Phases,
}

impl Answer {
    /// No answer at all.
    pub(crate) fn failed(error: TransportError) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    /// The status line and headers have arrived.
    pub(crate) fn begun(&mut self, parts: Parts, after_ms: f64) {
        self.status = Some((parts.status, parts.version));
        self.headers = parts.headers;
        self.phases.first_byte_ms = Some(after_ms);
    }

    /// It is over.
    pub(crate) fn ended(&mut self, watch: &Stopwatch, after_ms: f64) {
        self.phases.dns_ms = watch.dns_ms();
        self.phases.connect_ms = watch.connect_ms();
        self.phases.end_ms = after_ms;
    }
}

/// The name that the endpoint's `event_name` finds in an event's or frame's data, if it is JSON.
pub(crate) fn name_in(endpoint: &Endpoint, data: &str) -> Option<String> {
    let path = endpoint.event_name.as_ref()?;
    let json: serde_json::Value = serde_json::from_str(data).ok()?;
    match path.query(&json).first()? {
        serde_json::Value::String(name) => Some(name.clone()),
        other => Some(other.to_string()),
    }
}
