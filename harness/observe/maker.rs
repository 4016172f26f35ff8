//! Who made the answer. Sits in `observe`.

use super::{challenge, problem, proxy_status, server_timing, signature};
use crate::config::Endpoint;
use crate::observe::mark::{Mark, Says};
use crate::observe::signature::media_type;
use crate::observe::{Because, Outcome, redirect};
use crate::probe::Exchange;
use crate::terms::Hop;

/// Under this weight a mark is kept and decides nothing.
const DECIDES: f64 = 0.5;

/// From this weight on a mark is more than a hint.
pub(crate) const SURE: f64 = 0.75;

/// Who made the answer, whether that is only a hint, the marks found, and the bytes that convinced us.
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

/// Reads the marks of an answer's maker.
pub(crate) fn maker(exchange: &Exchange, endpoint: &Endpoint, outcome: Outcome) -> Made {
    let own = Hop::from(endpoint.service);
    let found = marks(exchange, endpoint);
    let (by, hint, bytes) = decide(exchange, outcome, own, &found);
    let speaks_for_another = telling(&found).is_some_and(|mark| mark.says == Says::Messenger);
    let unmarked = hint && telling(&found).is_none();
    let mut signatures: Vec<String> = found.into_iter().map(|mark| mark.id).collect();
    signatures.dedup();
    Made { by, hint, unmarked, speaks_for_another, signatures, because: Because { claim: claim(by), bytes } }
}

/// The weightiest first.
fn marks(exchange: &Exchange, endpoint: &Endpoint) -> Vec<Mark> {
    let products = signature::marks(exchange, endpoint.kind);
    let standards = [
        proxy_status::mark(exchange, endpoint.service),
        problem::mark(exchange),
        challenge::mark(exchange),
        redirect::mark(exchange),
        server_timing::mark(exchange),
    ];
    let mut found: Vec<Mark> = products.chain(standards.into_iter().flatten()).collect();
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found
}

/// The mark that tells the maker.
fn telling(found: &[Mark]) -> Option<&Mark> {
    found.iter().find(|mark| mark.says != Says::Passed && mark.weight >= DECIDES)
}

fn decide(exchange: &Exchange, outcome: Outcome, own: Hop, found: &[Mark]) -> (Hop, bool, String) {
    if exchange.head.is_none() {
        let (hop, detail) = silent(exchange);
        return (hop, false, detail);
    }
    if outcome == Outcome::Ok {
        return (own, false, "it is what this endpoint must answer".into());
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
        Some(kind) if is_json(kind) && !exchange.body.text.is_empty() => (own, true, format!("content-type {kind}")),
        kind => (Hop::Unknown, true, format!("content-type {}", kind.unwrap_or("none"))),
    }
}

fn silent(exchange: &Exchange) -> (Hop, String) {
    let detail = exchange.error.as_ref().map_or_else(|| "no answer".to_owned(), ToString::to_string);
    let connected = exchange.phases.connect_ms.is_some();
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
        Hop::Network => "nobody answered",
        _ => "who answered cannot be told",
    }
    .to_owned()
}
