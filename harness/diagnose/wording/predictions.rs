//! The catalogue in words: which probes a selector means, what a prediction says, and what would refute it.

use crate::diagnose::model::credential_words::{caller, token, token_location, with_token};
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault_mode::FaultMode;
use crate::diagnose::model::prediction::Prediction;
use crate::diagnose::model::probe_class::{Kind, Place};
use crate::diagnose::model::probe_selector::ProbeSelector;
use crate::observe::{Authn, LatencyClass, Outcome};
use crate::terms::Hop;

/// Returns what a mode predicts: one line for each prediction and each fact.
pub(crate) fn predicted(mode: &FaultMode) -> Vec<String> {
    let facts =
        mode.facts.iter().map(|(key, values)| format!("{}: {}{}", fact(key), any(values), shown_by(key, values)));
    mode.predict.iter().map(prediction).chain(facts).collect()
}

/// Returns what would refute a mode: one line for each prediction and each fact that can.
pub(crate) fn refuted(mode: &FaultMode) -> Vec<String> {
    let facts = mode.facts.iter().filter_map(|(key, values)| {
        let known = fact_schema::of(key)?.values;
        let others: Vec<&str> = known.iter().copied().filter(|one| !values.iter().any(|value| value == one)).collect();
        (!others.is_empty()).then(|| format!("{}: {}", fact(key), any(&others)))
    });
    mode.predict.iter().flat_map(refutations).chain(facts).collect()
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

fn prediction(one: &Prediction) -> String {
    let calls = match (one.some, one.where_failing) {
        (true, _) => format!("{}, at least one of them", selector(&one.on)),
        (false, true) => format!("{}, at endpoints where a valid call fails", selector(&one.on)),
        (false, false) => selector(&one.on),
    };
    let results = (!one.result.is_empty()).then(|| any(&one.result.iter().map(outcome).collect::<Vec<_>>()));
    let authn = (!one.authn.is_empty()).then(|| any(&one.authn.iter().map(authn).collect::<Vec<_>>()));
    let maker = (!one.answered_by.is_empty()).then(|| {
        let surely = if one.surely { " (must be proven)" } else { "" };
        format!("answered by {}{surely}", any(&one.answered_by.iter().map(hop).collect::<Vec<_>>()))
    });
    let same = one.same_as.map(|other| format!("same decision as {}", with_token(other)));
    let differs = one.differs_from.map(|other| format!("another response than {}", with_token(other)));
    let latency = (!one.latency.is_empty())
        .then(|| format!("usually {}", any(&one.latency.iter().map(latency).collect::<Vec<_>>())));
    let said: Vec<String> =
        results.into_iter().chain(authn).chain(maker).chain(same).chain(differs).chain(latency).collect();
    format!("{calls}: {}", said.join(", "))
}

/// Returns only the clear refutations: that any other outcome refutes a prediction goes without saying.
fn refutations(one: &Prediction) -> Vec<String> {
    let calls = selector(&one.on);
    let end = match one.result.as_slice() {
        [] => None,
        some if one.some => Some(format!("not one of them {}", any(&some.iter().map(outcome).collect::<Vec<_>>()))),
        [Outcome::Ok] => Some("any failure".to_owned()),
        some => (!some.contains(&Outcome::Ok)).then(|| outcome(&Outcome::Ok).to_owned()),
    };
    let same = one.same_as.map(|other| format!("another decision than {}", with_token(other)));
    let differs = one.differs_from.map(|other| format!("same response as {}", with_token(other)));
    let said: Vec<String> = end.into_iter().chain(same).chain(differs).collect();
    if said.is_empty() { Vec::new() } else { vec![format!("{calls}: {}", said.join(", or "))] }
}

/// Returns which probes are meant: `protected calls with a valid token in the header`.
pub(crate) fn selector(on: &ProbeSelector) -> String {
    let kinds = any(&on.kinds.iter().map(kind).collect::<Vec<_>>());
    // A prediction that holds through the edge and behind it is told once.
    let told = |one: &&Place| match one {
        Place::Direct => !on.places.contains(&Place::Protected),
        Place::DirectHealth => !on.places.contains(&Place::BackendHealth),
        _ => true,
    };
    let places: Vec<String> = on.places.iter().filter(told).map(|one| place(*one, &kinds)).collect();
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

const fn hop(hop: &Hop) -> &'static str {
    match hop {
        Hop::Client => "the client",
        Hop::Network => "no component (network error)",
        Hop::Edge => "the edge",
        Hop::Backend => "the backend",
        Hop::BackendAuth => "a component between backend and auth service",
        Hop::Auth => "the auth service",
        Hop::Data => "the data stores",
        Hop::Agents => "the agents",
        Hop::Unknown => "an unknown component",
    }
}

const fn authn(authn: &Authn) -> &'static str {
    match authn {
        Authn::Missing => "no credential seen",
        Authn::Rejected => "credential rejected",
        Authn::Accepted => "credential accepted",
        Authn::AcceptedAsOther => "credential accepted as another user",
        Authn::Anonymous => "no credential needed",
        Authn::CallerRejected => "service credentials rejected",
        Authn::Unknown => "decision about the credential unknown",
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

const fn latency(class: &LatencyClass) -> &'static str {
    match class {
        LatencyClass::Fast => "in under 0.2 s",
        LatencyClass::HalfSecond => "in 0.2 to 1.2 s",
        LatencyClass::Seconds => "in 1.2 to 5 s",
        LatencyClass::Slow => "in more than 5 s",
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
fn any<S: AsRef<str>>(words: &[S]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.as_ref().to_owned(),
        Some((last, others)) => {
            format!("{} or {}", others.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "), last.as_ref())
        }
    }
}
