//! Who made the answer. Sits in `observe`.

use super::signature::{self, Maker, Signature, media_type};
use super::{Because, Hop, Outcome};
use crate::probe::Exchange;
use crate::target::{Service, Surface};

/// Under this weight a signature is kept as a mark and decides nothing.
const DECIDES: f64 = 0.5;

/// Who made the answer, the signatures found, and the bytes that convinced us.
pub(super) fn maker(exchange: &Exchange, surface: &Surface, outcome: Outcome) -> (Hop, Vec<String>, Because) {
    let own = match surface.service {
        Service::Backend => Hop::Backend,
        Service::Auth => Hop::Auth,
    };
    let found = signature::matching(exchange, surface.kind);
    let (hop, bytes) = decide(exchange, outcome, own, &found);
    let mut ids: Vec<String> = found.iter().map(|signature| signature.id.clone()).collect();
    ids.dedup();
    (hop, ids, Because { claim: claim(hop), bytes })
}

fn decide(exchange: &Exchange, outcome: Outcome, own: Hop, found: &[&Signature]) -> (Hop, String) {
    if exchange.head.is_none() {
        return silent(exchange);
    }
    if outcome == Outcome::Ok {
        return (own, "it is what this surface must answer".into());
    }
    if let Some(signature) = found.first().filter(|signature| signature.weight >= DECIDES) {
        let hop = if signature.made_by == Maker::Edge { Hop::Edge } else { own };
        return (hop, format!("{} ({})", signature.bytes(), signature.id));
    }
    if exchange.status() == Some(101) {
        return (own, "the WebSocket was accepted".into());
    }
    match media_type(exchange) {
        Some("text/event-stream") => (own, "content-type text/event-stream".into()),
        Some(kind) if is_json(kind) && !exchange.body.text.is_empty() => (own, format!("content-type {kind}")),
        kind => (Hop::Unknown, format!("content-type {}", kind.unwrap_or("none"))),
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
