//! The catalogue in words: which probes a selector means, which facts a fault demands, and which refute it.

use crate::diagnose::model::credential_words::{caller, token, token_location, with_token};
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault_mode::FaultMode;
use crate::diagnose::model::probe_class::{Kind, Place};
use crate::diagnose::model::probe_selector::ProbeSelector;
use crate::observe::Outcome;

/// Returns what a mode demands: one line for each fact.
pub(crate) fn demanded(mode: &FaultMode) -> Vec<String> {
    let line =
        |(key, values): (&String, &Vec<String>)| format!("{}: {}{}", fact(key), any(values), shown_by(key, values));
    mode.facts.iter().map(line).collect()
}

/// Returns what would refute a mode: one line for each fact that can.
pub(crate) fn refuted(mode: &FaultMode) -> Vec<String> {
    let facts = mode.facts.iter().filter_map(|(key, values)| {
        let known = fact_schema::of(key)?.values;
        let others: Vec<&str> = known.iter().copied().filter(|one| !values.iter().any(|value| value == one)).collect();
        (!others.is_empty()).then(|| format!("{}: {}", fact(key), any(&others)))
    });
    facts.collect()
}

/// Returns what proves a link of the chain.
pub(crate) fn proof(rule: &EvidenceRule) -> String {
    match rule {
        EvidenceRule::Reading(on, results) => {
            format!("{}: {}", selector(on), any(&results.iter().map(outcome).collect::<Vec<_>>()))
        }
        EvidenceRule::SameAs(on, control) => {
            format!("{}, where they fail: same response as {}", selector(on), with_token(*control))
        }
        EvidenceRule::Fact(key, values) if values.is_empty() => {
            format!("{}: the value that this fault predicts", fact(key))
        }
        EvidenceRule::Fact(key, values) => format!("{}: {}", fact(key), any(values)),
        EvidenceRule::Log => "a line of the log (listed below)".to_owned(),
    }
}

/// Returns which probes are meant: `protected calls with a valid token in the header`.
pub(crate) fn selector(on: &ProbeSelector) -> String {
    let kinds = any(&on.kinds.iter().map(kind).collect::<Vec<_>>());
    let places: Vec<String> = on.places.iter().map(|one| place(*one, &kinds)).collect();
    let places = if places.is_empty() { "every call".to_owned() } else { places.join(" and ") };
    let user = match on.same_user {
        None => "",
        Some(true) => " for the user of the failure",
        Some(false) => " for another user",
    };
    let signing_in = match on.optional {
        None => "",
        Some(true) => " where sign-in is optional",
        Some(false) => " where sign-in is required",
    };
    let tokens = match on.tokens.as_slice() {
        [only] => format!(" {}", with_token(*only)),
        several => with(any(&several.iter().map(|one| token(*one)).collect::<Vec<_>>()), " with "),
    };
    let token_locations =
        with(any(&on.token_locations.iter().map(|one| token_location(*one)).collect::<Vec<_>>()), ", ");
    let callers = with(any(&on.callers.iter().map(|one| caller(*one)).collect::<Vec<_>>()), ", ");
    format!("{places}{signing_in}{tokens}{user}{token_locations}{callers}")
}

fn with(words: String, before: &str) -> String {
    if words.is_empty() { words } else { format!("{before}{words}") }
}

fn place(place: Place, kinds: &str) -> String {
    match place {
        Place::BackendHealth => "the backend's health check".to_owned(),
        Place::DirectHealth => "the backend's health check directly at the backend".to_owned(),
        Place::Direct => "protected calls directly at the backend".to_owned(),
        Place::AuthHealth => "the auth service's health check".to_owned(),
        Place::Protected if kinds.is_empty() => "protected calls".to_owned(),
        Place::Protected => format!("protected calls ({kinds})"),
        Place::Introspection => "token validation by the auth service".to_owned(),
        Place::Issuer => "token issuance by the auth service".to_owned(),
        Place::SelfCheck => "the auth service's check of its dependencies".to_owned(),
    }
}

const fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Http => "plain HTTP",
        Kind::Sse => "event streams",
        Kind::Websocket => "WebSockets",
    }
}

/// Returns how a call ends.
pub(crate) const fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "successful",
        Outcome::Denied => "refused",
        Outcome::NotFound => "not found",
        Outcome::InvalidRequest => "invalid request",
        Outcome::Throttled => "too many requests",
        Outcome::Failed => "server error",
        Outcome::Unavailable => "unavailable",
        Outcome::BrokenStream => "stream broken off",
        Outcome::Silent => "no event on an open stream",
        Outcome::Hollow => "completed without the expected content",
        Outcome::TimedOut => "no answer in time",
        Outcome::Refused => "connection refused",
        Outcome::Reset => "connection closed without an answer",
        Outcome::TlsFailed => "TLS error",
        Outcome::DnsFailed => "name not resolved",
        Outcome::WrongService => "answer from another service",
        Outcome::Blocked => "kept from the page by the browser",
        Outcome::Unreadable => "unreadable response",
    }
}

fn fact(key: &str) -> &str {
    fact_schema::of(key).map_or(key, |fact| fact.says)
}

/// Returns which source of evidence shows a fact, and whether the value never occurs in a healthy system.
fn shown_by(key: &str, values: &[String]) -> String {
    let Some(fact) = fact_schema::of(key) else { return String::new() };
    let telling = fact.anomaly.is_some_and(|anomaly| values.iter().all(|value| value == anomaly));
    format!(" (evidence: {}{})", fact.evidence_source, if telling { "; never in a healthy system" } else { "" })
}

/// Joins alternatives: `a, b or c`.
pub(super) fn any<S: AsRef<str>>(words: &[S]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.as_ref().to_owned(),
        Some((last, others)) => {
            format!("{} or {}", others.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "), last.as_ref())
        }
    }
}
