//! Who made the answer. Sits in `observe`.

use super::mark::{Mark, Says};
use super::signature::{self, media_type};
use super::{Because, Hop, Outcome, challenge, problem, proxy_status, redirect, server_timing};
use crate::probe::Exchange;
use crate::target::Surface;

/// Under this weight a mark is kept and decides nothing.
const DECIDES: f64 = 0.5;

/// From this weight on a mark is more than a hint.
pub(super) const SURE: f64 = 0.75;

/// Who made the answer, whether that is only a hint, the marks found, and the bytes that convinced us.
pub(super) struct Made {
    pub(super) by: Hop,
    pub(super) hint: bool,
    /// See [`super::Observation::unmarked`].
    pub(super) unmarked: bool,
    /// See [`super::Observation::speaks_for_another`].
    pub(super) speaks_for_another: bool,
    pub(super) signatures: Vec<String>,
    pub(super) because: Because,
}

/// Reads the marks of an answer's maker.
pub(super) fn maker(exchange: &Exchange, surface: &Surface, outcome: Outcome) -> Made {
    let own = Hop::from(surface.service);
    let found = marks(exchange, surface);
    let (by, hint, bytes) = decide(exchange, outcome, own, &found);
    let speaks_for_another = telling(&found).is_some_and(|mark| mark.says == Says::Messenger);
    let unmarked = hint && telling(&found).is_none();
    let mut signatures: Vec<String> = found.into_iter().map(|mark| mark.id).collect();
    signatures.dedup();
    Made { by, hint, unmarked, speaks_for_another, signatures, because: Because { claim: claim(by), bytes } }
}

/// The weightiest first.
fn marks(exchange: &Exchange, surface: &Surface) -> Vec<Mark> {
    let products = signature::marks(exchange, surface.kind);
    let standards = [
        proxy_status::mark(exchange, surface.service),
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
        return (own, false, "it is what this surface must answer".into());
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
