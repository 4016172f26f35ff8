//! Whether a set of evidence can distinguish two faults, by what the catalogue predicts for both.
//!
//! The component that produced a response counts as known. Latencies and texts distinguish nothing.

use std::collections::BTreeSet;

use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::model::fault_mode::Mode;
use crate::diagnose::model::prediction::Prediction;
use crate::diagnose::model::probe_class::{Cell, Kind, Place};
use crate::observe::Outcome;
use crate::terms::{Caller, EvidenceSource, Hop, TokenKind, TokenLocation};

/// The token kinds that are compared.
const TOKENS: [TokenKind; 6] = [
    TokenKind::Valid,
    TokenKind::Issued,
    TokenKind::None,
    TokenKind::Malformed,
    TokenKind::Expired,
    TokenKind::WrongKey,
];

/// Reports whether every mode of one fault differs from every mode of the other in something that the evidence shows.
pub(crate) fn apart(one: &Fault, other: &Fault, evidence_sources: &[EvidenceSource], cells: &[Cell]) -> bool {
    let lines_differ =
        evidence_sources.contains(&EvidenceSource::Logs) && (leaves_alone(one, other) || leaves_alone(other, one));
    lines_differ || one.mode.iter().all(|a| other.mode.iter().all(|b| differ(a, b, evidence_sources, cells)))
}

/// Reports whether the first fault leaves a decisive line that the second does not leave.
fn leaves_alone(one: &Fault, other: &Fault) -> bool {
    let left = |rule: &str| other.log.iter().any(|line| line.pattern.as_str() == rule);
    one.log.iter().any(|line| line.decisive && !left(line.pattern.as_str()))
}

fn differ(a: &Mode, b: &Mode, evidence_sources: &[EvidenceSource], cells: &[Cell]) -> bool {
    facts_differ(a, b, evidence_sources)
        || cells.iter().any(|cell| answers_differ(a, b, cell))
        || cells.iter().any(|cell| relations_differ(a, b, cell) || relations_differ(b, a, cell))
        || nowhere(a, b, cells)
        || nowhere(b, a, cells)
}

fn facts_differ(a: &Mode, b: &Mode, evidence_sources: &[EvidenceSource]) -> bool {
    let seen = |key: &str| fact_schema::of(key).filter(|fact| evidence_sources.contains(&fact.evidence_source));
    let differ = |a: &Mode, b: &Mode| {
        a.facts.iter().any(|(key, values)| {
            let Some(fact) = seen(key) else { return false };
            match b.facts.get(key) {
                Some(others) => values.iter().all(|value| !others.contains(value)),
                // A value that never occurs in a healthy system is evidence against a fault that does not demand it.
                None => fact.anomaly.is_some_and(|anomaly| values.iter().all(|value| value == anomaly)),
            }
        })
    };
    differ(a, b) || differ(b, a)
}

fn answers_differ(a: &Mode, b: &Mode, cell: &Cell) -> bool {
    disjoint(&outcomes(a, cell), &outcomes(b, cell)) || disjoint(&makers(a, cell), &makers(b, cell))
}

/// Reports whether one mode predicts the same response for two tokens, and the other rules that out.
fn relations_differ(a: &Mode, b: &Mode, cell: &Cell) -> bool {
    let alike: Vec<TokenKind> = speaking(a, cell).filter_map(|one| one.same_as).collect();
    alike.into_iter().any(|token| {
        let control = Cell { token, ..*cell };
        let unlike = speaking(b, cell).any(|one| one.differs_from == Some(token));
        unlike || disjoint(&outcomes(b, cell), &outcomes(b, &control))
    })
}

/// Reports whether one mode predicts an outcome for at least one call, and the other rules it out for every call.
fn nowhere(a: &Mode, b: &Mode, cells: &[Cell]) -> bool {
    a.predict.iter().filter(|one| one.some).any(|one| {
        let mut at = cells.iter().filter(|cell| one.on.matches(cell)).peekable();
        let wanted: Option<BTreeSet<Outcome>> = Some(one.result.iter().copied().collect());
        let by: Option<BTreeSet<Hop>> =
            (!one.answered_by.is_empty()).then(|| one.answered_by.iter().copied().collect());
        at.peek().is_some() && at.all(|cell| disjoint(&wanted, &outcomes(b, cell)) || disjoint(&by, &makers(b, cell)))
    })
}

fn speaking<'m>(mode: &'m Mode, cell: &'m Cell) -> impl Iterator<Item = &'m Prediction> {
    let covered = !cell.same_user && mode.predict.iter().any(|one| one.on.asks_for_another_user());
    let own = move |one: &&Prediction| !covered || one.on.asks_for_another_user();
    mode.predict.iter().filter(own).filter(move |one| !one.some && one.on.matches(cell))
}

/// Returns how the call may end. `None`: the mode makes no prediction.
fn outcomes(mode: &Mode, cell: &Cell) -> Option<BTreeSet<Outcome>> {
    let sets = speaking(mode, cell).filter(|one| !one.result.is_empty());
    sets.map(|one| one.result.iter().copied().collect::<BTreeSet<_>>()).reduce(|a, b| &a & &b)
}

fn makers(mode: &Mode, cell: &Cell) -> Option<BTreeSet<Hop>> {
    let sets = speaking(mode, cell).filter(|one| !one.answered_by.is_empty());
    sets.map(|one| one.answered_by.iter().copied().collect::<BTreeSet<_>>()).reduce(|a, b| &a & &b)
}

fn disjoint<T: Ord>(a: &Option<BTreeSet<T>>, b: &Option<BTreeSet<T>>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.is_disjoint(b))
}

/// Returns every kind of probe that can be sent with this evidence.
pub(crate) fn cells(evidence_sources: &[EvidenceSource]) -> Vec<Cell> {
    let health = |place| Cell {
        place,
        kind: Kind::Http,
        token: TokenKind::None,
        token_location: TokenLocation::Header,
        caller: None,
        same_user: true,
        optional: false,
    };
    let mut cells = vec![health(Place::BackendHealth)];
    let auth = evidence_sources.contains(&EvidenceSource::Auth);
    let tokens = TOKENS.into_iter().filter(|token| auth || *token != TokenKind::Issued);
    for token in tokens {
        cells.extend(protected(token));
        if auth {
            cells.extend(introspection(token, evidence_sources));
        }
    }
    if evidence_sources.contains(&EvidenceSource::Direct) {
        let past_edge = [TokenKind::Valid, TokenKind::None].into_iter().flat_map(protected);
        cells.extend(past_edge.map(|cell| Cell { place: Place::Direct, ..cell }));
        cells.push(health(Place::DirectHealth));
    }
    if auth {
        cells.extend([Place::AuthHealth, Place::Issuer, Place::SelfCheck].map(health));
    }
    cells
}

fn protected(token: TokenKind) -> impl Iterator<Item = Cell> {
    let ways = [
        (Kind::Http, TokenLocation::Header),
        (Kind::Sse, TokenLocation::Header),
        (Kind::Websocket, TokenLocation::Header),
        (Kind::Websocket, TokenLocation::Subprotocol),
    ];
    let users = if token == TokenKind::Valid { &[true, false][..] } else { &[true][..] };
    ways.into_iter().flat_map(move |(kind, token_location)| {
        users.iter().map(move |same_user| Cell {
            place: Place::Protected,
            kind,
            token,
            token_location,
            caller: None,
            same_user: *same_user,
            optional: false,
        })
    })
}

fn introspection(token: TokenKind, evidence_sources: &[EvidenceSource]) -> impl Iterator<Item = Cell> {
    let credentials = evidence_sources.contains(&EvidenceSource::ServiceCredentials);
    let callers = Caller::HARMLESS_FIRST
        .into_iter()
        .filter(move |one| credentials || !matches!(one, Caller::Right | Caller::WrongId));
    callers.map(Some).chain([None]).map(move |caller| Cell {
        place: Place::Introspection,
        kind: Kind::Http,
        token,
        token_location: TokenLocation::Body,
        caller,
        same_user: true,
        optional: false,
    })
}
