//! What a transport is given besides the request. Sits in `probe`; shared by `http`, `sse` and `websocket`.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod classify;
pub(crate) mod deadline;
pub(crate) mod phases;

use std::sync::Arc;

use rustls::ClientConfig;

use crate::config::{Budget, Endpoint};
use crate::probe::transport::deadline::Deadline;
use crate::probe::transport::phases::Stopwatch;
use crate::probe::{ErrorKind, TransportError, Until};
use crate::tls;

/// The rules of one probe.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) budget: &'a Budget,
    pub(crate) until: &'a Until,
    pub(crate) deadline: Deadline,
    pub(crate) tls: &'a Tls,
}

/// TLS as HTTP and as WebSocket use it.
pub(crate) struct Tls {
    pub(crate) http: ClientConfig,
    pub(crate) websocket: Arc<ClientConfig>,
}

impl Tls {
    pub(crate) fn new() -> Result<Self, rustls::Error> {
        Ok(Self::from_config(&tls::client_config()?))
    }

    pub(crate) fn from_config(config: &ClientConfig) -> Self {
        Self {
            http: tls::offering(config, &[b"h2", b"http/1.1"]),
            websocket: Arc::new(tls::offering(config, &[b"http/1.1"])),
        }
    }
}

impl Rules<'_> {
    /// Whether the event or frame of this name is the last that is wanted.
    pub(crate) fn ends_with(&self, name: &str) -> bool {
        matches!(self.until, Until::Event(last) if last == name)
            || self.endpoint.accept.terminal_event.as_deref() == Some(name)
    }

    pub(crate) fn too_many(&self) -> TransportError {
        TransportError { kind: ErrorKind::EventLimit, detail: format!("more than {} came", self.budget.events) }
    }
}

/// A wait for an answer that failed before there was a connection failed for another reason.
pub(crate) fn before_connection(mut error: TransportError, watch: &Stopwatch) -> TransportError {
    let waited = matches!(error.kind, ErrorKind::HttpResponseTimeout | ErrorKind::ConnectionTimeout);
    if waited && watch.connect_ms().is_none() {
        error.kind = if watch.is_resolving() { ErrorKind::DnsError } else { ErrorKind::ConnectionTimeout };
    }
    error
}
