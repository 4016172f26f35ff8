//! What a transport is given besides the request. Sits in `probe`; shared by `http`, `sse` and `websocket`.

use std::sync::Arc;

use rustls::ClientConfig;

use super::deadline::Deadline;
use super::phases::Stopwatch;
use super::{ErrorKind, TransportError, Until, tls};
use crate::target::{Budget, Surface};

/// The rules of one probe.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) surface: &'a Surface,
    pub(super) budget: &'a Budget,
    pub(super) until: &'a Until,
    pub(super) deadline: Deadline,
    pub(super) tls: &'a Tls,
}

/// TLS as HTTP and as WebSocket use it.
pub(super) struct Tls {
    pub(super) http: ClientConfig,
    pub(super) websocket: Arc<ClientConfig>,
}

impl Tls {
    pub(super) fn new() -> Result<Self, rustls::Error> {
        Ok(Self::from_config(&tls::client_config()?))
    }

    pub(super) fn from_config(config: &ClientConfig) -> Self {
        Self {
            http: tls::offering(config, &[b"h2", b"http/1.1"]),
            websocket: Arc::new(tls::offering(config, &[b"http/1.1"])),
        }
    }
}

impl Rules<'_> {
    /// Whether the event or frame of this name is the last that is wanted.
    pub(super) fn ends_with(&self, name: &str) -> bool {
        matches!(self.until, Until::Event(last) if last == name)
            || self.surface.accept.terminal_event.as_deref() == Some(name)
    }

    pub(super) fn too_many(&self) -> TransportError {
        TransportError { kind: ErrorKind::EventLimit, detail: format!("more than {} came", self.budget.events) }
    }
}

/// A wait for an answer that failed before there was a connection failed for another reason.
pub(super) fn before_connection(mut error: TransportError, watch: &Stopwatch) -> TransportError {
    let waited = matches!(error.kind, ErrorKind::HttpResponseTimeout | ErrorKind::ConnectionTimeout);
    if waited && watch.connect_ms().is_none() {
        error.kind = if watch.is_resolving() { ErrorKind::DnsError } else { ErrorKind::ConnectionTimeout };
    }
    error
}
