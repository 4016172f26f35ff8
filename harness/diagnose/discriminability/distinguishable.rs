//! Whether a set of evidence can distinguish two faults, by what the catalogue predicts for both.
//!
//! The component that produced a response counts as known. Latencies and texts distinguish nothing.

use std::collections::BTreeSet;

use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::model::fault_mode::FaultMode;
use crate::diagnose::model::prediction::Prediction;
use crate::diagnose::model::probe_class::{Kind, Place, ProbeClass};
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
pub(crate) fn distinguishable(
    one: &Fault,
    other: &Fault,
    evidence_sources: &[EvidenceSource],
    probe_classes: &[ProbeClass],
) -> bool {
    let lines_differ =
        evidence_sources.contains(&EvidenceSource::Logs) && (leaves_alone(one, other) || leaves_alone(other, one));
    lines_differ || one.mode.iter().all(|a| other.mode.iter().all(|b| differ(a, b, evidence_sources, probe_classes)))
}

/// Reports whether the first fault leaves a decisive line that the second does not leave.
fn leaves_alone(one: &Fault, other: &Fault) -> bool {
    let left = |rule: &str| other.log.iter().any(|line| line.pattern.as_str() == rule);
    one.log.iter().any(|line| line.decisive && !left(line.pattern.as_str()))
}

fn differ(a: &FaultMode, b: &FaultMode, evidence_sources: &[EvidenceSource], probe_classes: &[ProbeClass]) -> bool {
    facts_differ(a, b, evidence_sources)
        || probe_classes.iter().any(|class| answers_differ(a, b, class))
        || probe_classes.iter().any(|class| relations_differ(a, b, class) || relations_differ(b, a, class))
        || nowhere(a, b, probe_classes)
        || nowhere(b, a, probe_classes)
}

fn facts_differ(a: &FaultMode, b: &FaultMode, evidence_sources: &[EvidenceSource]) -> bool {
    let seen = |key: &str| fact_schema::of(key).filter(|fact| evidence_sources.contains(&fact.evidence_source));
    let differ = |a: &FaultMode, b: &FaultMode| {
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

fn answers_differ(a: &FaultMode, b: &FaultMode, class: &ProbeClass) -> bool {
    disjoint(&outcomes(a, class), &outcomes(b, class)) || disjoint(&makers(a, class), &makers(b, class))
}

/// Reports whether one mode predicts the same response for two tokens, and the other rules that out.
fn relations_differ(a: &FaultMode, b: &FaultMode, class: &ProbeClass) -> bool {
    let alike: Vec<TokenKind> = speaking(a, class).filter_map(|one| one.same_as).collect();
    alike.into_iter().any(|token| {
        let control = ProbeClass { token, ..*class };
        let unlike = speaking(b, class).any(|one| one.differs_from == Some(token));
        unlike || disjoint(&outcomes(b, class), &outcomes(b, &control))
    })
}

/// Reports whether one mode predicts an outcome for at least one call, and the other rules it out for every call.
fn nowhere(a: &FaultMode, b: &FaultMode, probe_classes: &[ProbeClass]) -> bool {
    a.predict.iter().filter(|one| one.some).any(|one| {
        let mut at = probe_classes.iter().filter(|class| one.on.matches(class)).peekable();
        let wanted: Option<BTreeSet<Outcome>> = Some(one.result.iter().copied().collect());
        let by: Option<BTreeSet<Hop>> =
            (!one.answered_by.is_empty()).then(|| one.answered_by.iter().copied().collect());
        at.peek().is_some()
            && at.all(|class| disjoint(&wanted, &outcomes(b, class)) || disjoint(&by, &makers(b, class)))
    })
}

fn speaking<'m>(mode: &'m FaultMode, class: &'m ProbeClass) -> impl Iterator<Item = &'m Prediction> {
    let covered = !class.same_user && mode.predict.iter().any(|one| one.on.asks_for_another_user());
    let own = move |one: &&Prediction| !covered || one.on.asks_for_another_user();
    mode.predict.iter().filter(own).filter(move |one| !one.some && one.on.matches(class))
}

/// Returns how the call may end. `None`: the mode makes no prediction.
fn outcomes(mode: &FaultMode, class: &ProbeClass) -> Option<BTreeSet<Outcome>> {
    let sets = speaking(mode, class).filter(|one| !one.result.is_empty());
    sets.map(|one| one.result.iter().copied().collect::<BTreeSet<_>>()).reduce(|a, b| &a & &b)
}

fn makers(mode: &FaultMode, class: &ProbeClass) -> Option<BTreeSet<Hop>> {
    let sets = speaking(mode, class).filter(|one| !one.answered_by.is_empty());
    sets.map(|one| one.answered_by.iter().copied().collect::<BTreeSet<_>>()).reduce(|a, b| &a & &b)
}

fn disjoint<T: Ord>(a: &Option<BTreeSet<T>>, b: &Option<BTreeSet<T>>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.is_disjoint(b))
}

/// Returns every kind of probe that can be sent with this evidence.
pub(crate) fn probe_classes(evidence_sources: &[EvidenceSource]) -> Vec<ProbeClass> {
    let health = |place| ProbeClass {
        place,
        kind: Kind::Http,
        token: TokenKind::None,
        token_location: TokenLocation::Header,
        caller: None,
        same_user: true,
        optional: false,
    };
    let mut probe_classes = vec![health(Place::BackendHealth)];
    let auth = evidence_sources.contains(&EvidenceSource::Auth);
    let tokens = TOKENS.into_iter().filter(|token| auth || *token != TokenKind::Issued);
    for token in tokens {
        probe_classes.extend(protected(token));
        if auth {
            probe_classes.extend(introspection(token, evidence_sources));
        }
    }
    if evidence_sources.contains(&EvidenceSource::Direct) {
        let past_edge = [TokenKind::Valid, TokenKind::None].into_iter().flat_map(protected);
        probe_classes.extend(past_edge.map(|class| ProbeClass { place: Place::Direct, ..class }));
        probe_classes.push(health(Place::DirectHealth));
    }
    if auth {
        probe_classes.extend([Place::AuthHealth, Place::Issuer, Place::SelfCheck].map(health));
    }
    probe_classes
}

fn protected(token: TokenKind) -> impl Iterator<Item = ProbeClass> {
    let ways = [
        (Kind::Http, TokenLocation::Header),
        (Kind::Sse, TokenLocation::Header),
        (Kind::Websocket, TokenLocation::Header),
        (Kind::Websocket, TokenLocation::Subprotocol),
    ];
    let users = if token == TokenKind::Valid { &[true, false][..] } else { &[true][..] };
    ways.into_iter().flat_map(move |(kind, token_location)| {
        users.iter().map(move |same_user| ProbeClass {
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

fn introspection(token: TokenKind, evidence_sources: &[EvidenceSource]) -> impl Iterator<Item = ProbeClass> {
    let credentials = evidence_sources.contains(&EvidenceSource::ServiceCredentials);
    let callers = Caller::HARMLESS_FIRST
        .into_iter()
        .filter(move |one| credentials || !matches!(one, Caller::Right | Caller::WrongId));
    callers.map(Some).chain([None]).map(move |caller| ProbeClass {
        place: Place::Introspection,
        kind: Kind::Http,
        token,
        token_location: TokenLocation::Body,
        caller,
        same_user: true,
        optional: false,
    })
}
