//! What came back, before redaction. Sits in `probe`, between the transports and `record`; never leaves the room.

use hyper::http::response::Parts;
use hyper::{HeaderMap, StatusCode, Version};

use super::phases::Stopwatch;
use super::{Close, Frame, Phases, StreamEvent, TransportError};
use crate::target::Surface;

/// An answer as it came, as far as it came.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) status: Option<(StatusCode, Version)>,
    pub(super) headers: HeaderMap,
    /// The body's first bytes: the limit and a margin (see `body`).
    pub(super) body: Vec<u8>,
    pub(super) bytes: usize,
    pub(super) events: Vec<StreamEvent>,
    pub(super) frames: Vec<Frame>,
    pub(super) close: Option<Close>,
    pub(super) error: Option<TransportError>,
    pub(super) phases: Phases,
}

impl Answer {
    /// No answer at all.
    pub(super) fn failed(error: TransportError) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    /// The status line and headers have arrived.
    pub(super) fn begun(&mut self, parts: Parts, after_ms: f64) {
        self.status = Some((parts.status, parts.version));
        self.headers = parts.headers;
        self.phases.first_byte_ms = Some(after_ms);
    }

    /// It is over.
    pub(super) fn ended(&mut self, watch: &Stopwatch, after_ms: f64) {
        self.phases.dns_ms = watch.dns_ms();
        self.phases.connect_ms = watch.connect_ms();
        self.phases.end_ms = after_ms;
    }
}

/// The name that the surface's `event_name` finds in an event's or frame's data, if it is JSON.
pub(super) fn name_in(surface: &Surface, data: &str) -> Option<String> {
    let path = surface.event_name.as_ref()?;
    let json: serde_json::Value = serde_json::from_str(data).ok()?;
    match path.query(&json).first()? {
        serde_json::Value::String(name) => Some(name.clone()),
        other => Some(other.to_string()),
    }
}
