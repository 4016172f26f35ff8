//! Who made the answer. Sits in `observe`.

use super::signature::{self, Maker, Signature, media_type};
use super::{Because, Hop, Outcome};
use crate::probe::Exchange;
use crate::target::Surface;

/// Under this weight a signature is kept as a mark and decides nothing.
const DECIDES: f64 = 0.5;

/// From this weight on a signature is more than a hint.
const SURE: f64 = 0.75;

/// Who made the answer, whether that is only a hint, the signatures found, and the bytes that convinced us.
pub(super) struct Made {
    pub(super) by: Hop,
    pub(super) hint: bool,
    pub(super) signatures: Vec<String>,
    pub(super) because: Because,
}

/// Reads the marks of an answer's maker.
pub(super) fn maker(exchange: &Exchange, surface: &Surface, outcome: Outcome) -> Made {
    let own = Hop::from(surface.service);
    let found = signature::matching(exchange, surface.kind);
    let (by, hint, bytes) = decide(exchange, outcome, own, &found);
    let mut signatures: Vec<String> = found.iter().map(|signature| signature.id.clone()).collect();
    signatures.dedup();
    Made { by, hint, signatures, because: Because { claim: claim(by), bytes } }
}

fn decide(exchange: &Exchange, outcome: Outcome, own: Hop, found: &[&Signature]) -> (Hop, bool, String) {
    if exchange.head.is_none() {
        let (hop, detail) = silent(exchange);
        return (hop, false, detail);
    }
    if outcome == Outcome::Ok {
        return (own, false, "it is what this surface must answer".into());
    }
    if let Some(signature) = found.first().filter(|signature| signature.weight >= DECIDES) {
        let hop = if signature.made_by == Maker::Edge { Hop::Edge } else { own };
        return (hop, signature.weight < SURE, format!("{} ({})", signature.bytes(), signature.id));
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
