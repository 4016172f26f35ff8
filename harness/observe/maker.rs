//! Decides which component produced a response.
//!
//! A mark is something in a response that points at its producer: a header, a page, a status code. Each mark has a
//! weight. The mark with the highest weight decides; without a deciding mark the content type gives a hint.

use serde::Deserialize;

use super::{challenge, proxy_status, signature, standards};
use crate::config::Endpoint;
use crate::observe::condition;
use crate::observe::signature::media_type;
use crate::observe::{Because, Outcome, redirect};
use crate::probe::{Exchange, is_grpc};
use crate::terms::Hop;

/// A mark below this weight is reported, but does not decide.
const DECIDES: f64 = 0.5;

/// A mark below this weight is only a hint.
pub(crate) const SURE: f64 = 0.75;

/// What a mark shows about the component that produced the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Says {
    /// A component in front of the service produced it.
    Edge,
    /// The edge produced it, but another service may have decided it (nginx `auth_request`, Envoy `ext_authz`).
    Messenger,
    /// The service itself produced it.
    Application,
    /// The edge relayed it from a component behind it.
    Relayed,
    /// It passed through this product. That does not show which component produced it.
    Passed,
}

/// A mark that was found.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// A slug: `run.iam.missing`, `proxy-status.connection_refused`.
    pub(crate) id: String,
    pub(crate) says: Says,
    /// How reliable the mark is, from 0 to 1.
    pub(crate) weight: f64,
    /// The bytes that form the mark, for the report.
    pub(crate) bytes: String,
}

/// Which component produced the response, whether that is only a hint, the marks found, and the deciding bytes.
pub(crate) struct Made {
    pub(crate) by: Hop,
    pub(crate) hint: bool,
    /// See [`crate::observe::Observation::unmarked`].
    pub(crate) unmarked: bool,
    /// See [`crate::observe::Observation::speaks_for_another`].
    pub(crate) speaks_for_another: bool,
    pub(crate) signatures: Vec<String>,
    pub(crate) because: Because,
}

/// Reads the marks of a response and decides which component produced it.
pub(crate) fn maker(exchange: &Exchange, endpoint: &Endpoint, outcome: Outcome) -> Made {
    let own = Hop::from(endpoint.service);
    let found = marks(exchange, endpoint);
    let (by, hint, bytes) = match condition::is_refusal(exchange, endpoint) {
        true => (own, false, "the response is the refusal of this endpoint".into()),
        false => decide(exchange, outcome, own, &found),
    };
    let speaks_for_another = telling(&found).is_some_and(|mark| mark.says == Says::Messenger);
    let unmarked = hint && telling(&found).is_none();
    let mut signatures: Vec<String> = found.into_iter().map(|mark| mark.id).collect();
    signatures.dedup();
    Made { by, hint, unmarked, speaks_for_another, signatures, because: Because { claim: claim(by), bytes } }
}

/// Returns every mark of the response, the highest weight first.
fn marks(exchange: &Exchange, endpoint: &Endpoint) -> Vec<Mark> {
    let products = signature::marks(exchange, endpoint.kind);
    let standards = [
        proxy_status::mark(exchange, endpoint.service),
        standards::problem(exchange),
        challenge::mark(exchange),
        redirect::mark(exchange),
        standards::server_timing(exchange),
    ];
    let mut found: Vec<Mark> = products.chain(standards.into_iter().flatten()).collect();
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found
}

/// Returns the mark that decides, if any.
fn telling(found: &[Mark]) -> Option<&Mark> {
    found.iter().find(|mark| mark.says != Says::Passed && mark.weight >= DECIDES)
}

fn decide(exchange: &Exchange, outcome: Outcome, own: Hop, found: &[Mark]) -> (Hop, bool, String) {
    if exchange.head.is_none() {
        let (hop, detail) = silent(exchange);
        return (hop, false, detail);
    }
    if outcome == Outcome::Ok {
        return (own, false, "the response is what this endpoint must return".into());
    }
    if let Some(mark) = telling(found) {
        let hop = if matches!(mark.says, Says::Edge | Says::Messenger) { Hop::Edge } else { own };
        return (hop, mark.weight < SURE, format!("{} ({})", mark.bytes, mark.id));
    }
    if exchange.status() == Some(101) {
        return (own, false, "the WebSocket was accepted".into());
    }
    match media_type(exchange) {
        Some("text/event-stream") => (own, false, "content-type text/event-stream".into()),
        Some(kind) if is_grpc(kind) => (own, true, format!("content-type {kind}")),
        Some(kind) if is_json(kind) && !exchange.body.text.is_empty() => (own, true, format!("content-type {kind}")),
        kind => (Hop::Unknown, true, format!("content-type {}", kind.unwrap_or("none"))),
    }
}

fn silent(exchange: &Exchange) -> (Hop, String) {
    let detail = exchange.error.as_ref().map_or_else(|| "no answer".to_owned(), ToString::to_string);
    let connected = exchange.phases.is_connected();
    (if connected { Hop::Unknown } else { Hop::Network }, detail)
}

fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind.ends_with("+json")
}

fn claim(hop: Hop) -> String {
    match hop {
        Hop::Edge => "the edge answered",
        Hop::Backend => "the backend answered",
        Hop::Auth => "the auth service answered",
        Hop::Network => "no component answered",
        _ => "it is not known which component answered",
    }
    .to_owned()
}
