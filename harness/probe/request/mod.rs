//! The request of a probe: what a scenario or the diagnosis asks for, and how it becomes bytes.
//!
//! Start at [`ProbeRequest`], the input. `call` looks up what it names, `presented` and `render` make the request.
//!
//! - `call`: the endpoint and user that a request names, and whether the granted evidence allows the call
//! - `credentials`: the trait by which this folder gets tokens and secrets
//! - `presented`: the request with its credentials, once for the wire and once for the record
//! - `render`: fills URL, headers, body and messages
//! - `placeholders`: `{token}`, `{email}` and the others
//! - `address`: the URL
//! - `body`: the bytes of a body, by its form
//! - `cookies`: the cookie jar of a session
//! - `cannot`: why a request cannot be made
//!
//! Invariant: the rendered request for the record never contains a token or a secret.

pub(crate) mod address;
pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod cannot;
pub(crate) mod cookies;
pub(crate) mod credentials;
pub(crate) mod placeholders;
pub(crate) mod presented;
pub(crate) mod render;

use crate::config::BodyForm;
use crate::probe::ProbeKey;

/// One call, and how far its response is followed.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    /// What is probed.
    pub key: ProbeKey,
    /// `scenario/step`, if a step of a scenario sends it.
    pub step: Option<String>,
    /// Replaces the endpoint's path. It may not leave the host: no `//`, no `..`, no scheme.
    pub path: Option<String>,
    /// Added to the endpoint's query; a parameter of the same name is replaced.
    pub query: Vec<(String, String)>,
    /// Replaces the endpoint's body.
    pub body: Option<serde_json::Value>,
    /// The form of that body.
    pub body_form: BodyForm,
    /// Replaces the endpoint's messages.
    pub send: Option<Vec<serde_json::Value>>,
    /// How far the response is followed.
    pub until: Until,
    /// Whether the request has the headers by which tests identify themselves. At most one probe of a run has them.
    pub test_headers: bool,
    /// Whether the request has a connection of its own. Otherwise it may use one that an earlier request left open. A control
    /// has its own, because what an earlier request left behind must not decide its result.
    pub own_connection: bool,
    /// Whether it offers HTTP/1.1 alone in the TLS handshake. Otherwise it offers HTTP/2 too.
    pub http1_only: bool,
    /// Whether the page is the foreign one, in a target whose clients are browsers: the negative control.
    pub foreign_page: bool,
}

/// How far a stream or socket is followed. A plain HTTP response is always read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// SSE: the whole stream, or the endpoint's terminal event. WebSocket: the first frame.
    Accepted,
    /// Up to the event or frame of this name.
    Event(String),
}

impl ProbeRequest {
    /// Returns a request with nothing replaced and with a connection of its own, followed until it is accepted.
    #[must_use]
    pub fn new(key: ProbeKey) -> Self {
        Self {
            key,
            step: None,
            path: None,
            query: Vec::new(),
            body: None,
            body_form: BodyForm::default(),
            send: None,
            until: Until::Accepted,
            test_headers: false,
            own_connection: true,
            http1_only: false,
            foreign_page: false,
        }
    }
}
