//! What a probe is asked to do. The arrow from `run` (scenarios, diagnosis) into `probe`.

pub(crate) mod address;
pub(crate) mod call;
pub(crate) mod cannot;
pub(crate) mod cookies;
pub(crate) mod credentials;
pub(crate) mod placeholders;
pub(crate) mod presented;
pub(crate) mod render;

use crate::probe::ProbeKey;

/// One call, and how far its answer is to be followed.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    /// What is probed.
    pub key: ProbeKey,
    /// `scenario/step` when a scenario asks.
    pub step: Option<String>,
    /// Replaces the endpoint's path. It may not leave the host: no `//`, no `..`, no scheme.
    pub path: Option<String>,
    /// Added to (and by name replacing) the endpoint's query.
    pub query: Vec<(String, String)>,
    /// Replaces the endpoint's body.
    pub body: Option<serde_json::Value>,
    /// Replaces the endpoint's messages.
    pub send: Option<Vec<serde_json::Value>>,
    /// How far the answer is followed.
    pub until: Until,
    /// Whether the call carries the headers by which tests call themselves (contract 0.12). At most one probe of a run does.
    pub test_headers: bool,
}

/// How far a stream or socket is followed. A plain HTTP answer is always read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// SSE: the whole stream, or the endpoint's terminal event. WebSocket: the first frame.
    Accepted,
    /// As far as the event or frame of this name.
    Event(String),
}

impl ProbeRequest {
    /// A probe with nothing replaced, followed until it is accepted.
    #[must_use]
    pub fn new(key: ProbeKey) -> Self {
        Self {
            key,
            step: None,
            path: None,
            query: Vec::new(),
            body: None,
            send: None,
            until: Until::Accepted,
            test_headers: false,
        }
    }
}
