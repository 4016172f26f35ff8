//! The catalogue's language in words, for people: which probes a selector means, what a prediction foretells and what would refute it.
//! Sits in `diagnose`, beside `describe`, which puts readings into words.

use super::cell::{Kind, Place};
use super::mode::{Mode, Prediction};
use super::proof::ProofRule;
use super::selector::Selector;
use super::vocabulary;
use crate::observe::{LatencyClass, Outcome};
use crate::terms::{Caller, Hop, TokenKind, TokenLocation};

/// What a mode foretells, one line a prediction and a fact.
pub(super) fn foretold(mode: &Mode) -> Vec<String> {
    let facts =
        mode.facts.iter().map(|(key, values)| format!("{}: {}{}", fact(key), any(values), shown_by(key, values)));
    mode.predict.iter().map(prediction).chain(facts).collect()
}

/// What would refute a mode, one line a prediction and a fact that can.
pub(super) fn refuted(mode: &Mode) -> Vec<String> {
    let facts = mode.facts.iter().filter_map(|(key, values)| {
        let known = vocabulary::of(key)?.values;
        let others: Vec<&str> = known.iter().copied().filter(|one| !values.iter().any(|value| value == one)).collect();
        (!others.is_empty()).then(|| format!("{}: {}", fact(key), any(&others)))
    });
    mode.predict.iter().flat_map(refutations).chain(facts).collect()
}

/// What proves a link of the chain.
pub(super) fn proof(rule: &ProofRule) -> String {
    match rule {
        ProofRule::Reading(on, results) => {
            format!("{}: {}", selector(on), any(&results.iter().map(outcome).collect::<Vec<_>>()))
        }
        ProofRule::SameAs(on, control) => {
            format!("{} that fail get the very answer as with {}", selector(on), token(*control))
        }
        ProofRule::Fact(key, values) if values.is_empty() => format!("{}, as foretold", fact(key)),
        ProofRule::Fact(key, values) => format!("{}: {}", fact(key), any(values)),
        ProofRule::Log => "a line of the log, below".to_owned(),
    }
}

fn prediction(one: &Prediction) -> String {
    let calls = match (one.some, one.where_failing) {
        (true, _) => format!("at least one of {}", selector(&one.on)),
        (false, true) => format!("{}, where something fails", selector(&one.on)),
        (false, false) => selector(&one.on),
    };
    let results = (!one.result.is_empty()).then(|| any(&one.result.iter().map(outcome).collect::<Vec<_>>()));
    let authn = one.authn.iter().map(|authn| format!("the credential {}", authn.as_str().replace('-', " ")));
    let maker = (!one.answered_by.is_empty()).then(|| {
        let surely = if one.surely { "surely " } else { "" };
        format!("{surely}answered by {}", any(&one.answered_by.iter().map(hop).collect::<Vec<_>>()))
    });
    let same = one.same_as.map(|other| format!("as with {}", token(other)));
    let differs = one.differs_from.map(|other| format!("not as with {}", token(other)));
    let latency = (!one.latency.is_empty())
        .then(|| format!("most often {}", any(&one.latency.iter().map(latency).collect::<Vec<_>>())));
    let said: Vec<String> =
        results.into_iter().chain(authn).chain(maker).chain(same).chain(differs).chain(latency).collect();
    format!("{calls}: {}", said.join(", "))
}

/// The sharp ones: what merely ends otherwise goes without saying.
fn refutations(one: &Prediction) -> Vec<String> {
    let calls = selector(&one.on);
    let end = match one.result.as_slice() {
        [] => None,
        some if one.some => {
            Some(format!("none of them ends so: {}", any(&some.iter().map(outcome).collect::<Vec<_>>())))
        }
        [Outcome::Ok] => Some("any failure".to_owned()),
        some => (!some.contains(&Outcome::Ok)).then(|| outcome(&Outcome::Ok).to_owned()),
    };
    let same = one.same_as.map(|other| format!("another decision than with {}", token(other)));
    let differs = one.differs_from.map(|other| format!("the very answer as with {}", token(other)));
    let said: Vec<String> = end.into_iter().chain(same).chain(differs).collect();
    if said.is_empty() { Vec::new() } else { vec![format!("{calls}: {}", said.join(", or "))] }
}

/// Which probes: `protected calls with our token, in the header`.
pub(super) fn selector(on: &Selector) -> String {
    let kinds = any(&on.kinds.iter().map(kind).collect::<Vec<_>>());
    // What is said of both ways is said once.
    let told = |one: &&Place| match one {
        Place::Direct => !on.places.contains(&Place::Protected),
        Place::DirectHealth => !on.places.contains(&Place::BackendHealth),
        _ => true,
    };
    let places: Vec<String> = on.places.iter().filter(told).map(|one| place(*one, &kinds)).collect();
    let places = if places.is_empty() { "every call".to_owned() } else { places.join(" and ") };
    let user = match on.same_user {
        None => "",
        Some(true) => " of the same user",
        Some(false) => " of another user",
    };
    let signing_in = match on.optional {
        None => "",
        Some(true) => " where signing in is optional",
        Some(false) => " where one must sign in",
    };
    let tokens = with(any(&on.tokens.iter().map(|one| token(*one)).collect::<Vec<_>>()), " with ");
    let token_locations = with(any(&on.token_locations.iter().map(token_location).collect::<Vec<_>>()), ", ");
    let callers = with(any(&on.callers.iter().map(caller).collect::<Vec<_>>()), ", ");
    format!("{places}{signing_in}{tokens}{user}{token_locations}{callers}")
}

fn with(words: String, before: &str) -> String {
    if words.is_empty() { words } else { format!("{before}{words}") }
}

fn place(place: Place, kinds: &str) -> String {
    match place {
        Place::BackendHealth => "the backend's health check".to_owned(),
        Place::DirectHealth => "the backend's health check past the edge".to_owned(),
        Place::Direct => "protected calls past the edge".to_owned(),
        Place::AuthHealth => "the auth service's health check".to_owned(),
        Place::Protected if kinds.is_empty() => "protected calls".to_owned(),
        Place::Protected => format!("protected calls ({kinds})"),
        Place::Introspection => "validation by the auth service".to_owned(),
        Place::Issuer => "minting by the auth service".to_owned(),
        Place::SelfCheck => "the auth service's check of what it depends on".to_owned(),
    }
}

const fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Http => "plain",
        Kind::Sse => "streams",
        Kind::Websocket => "sockets",
    }
}

fn token_location(token_location: &TokenLocation) -> String {
    format!("by {token_location}")
}

const fn caller(caller: &Option<Caller>) -> &'static str {
    match caller {
        None => "no caller asked for",
        Some(Caller::None) => "as no caller",
        Some(Caller::Right) => "as the right caller",
        Some(Caller::WrongSecret) => "as a caller with a wrong secret",
        Some(Caller::WrongId) => "as a caller with an unknown id",
        Some(Caller::IdOnly) => "as a caller without a secret",
    }
}

const fn token(token: TokenKind) -> &'static str {
    match token {
        TokenKind::Valid => "our token",
        TokenKind::None => "no token",
        TokenKind::Malformed => "a malformed one",
        TokenKind::Expired => "an expired one",
        TokenKind::NotYetValid => "one not yet valid",
        TokenKind::WrongKey => "one signed by a foreign key",
        TokenKind::AlgNone => "an unsigned one",
        TokenKind::WrongIssuer => "another issuer's",
        TokenKind::WrongAudience => "one for another audience",
        TokenKind::UnknownUser => "one of an unknown user",
        TokenKind::Revoked => "a revoked one",
        TokenKind::Issued => "one that the auth service minted",
    }
}

const fn hop(hop: &Hop) -> &'static str {
    match hop {
        Hop::Client => "our own side",
        Hop::Network => "nobody (the network)",
        Hop::Edge => "the edge",
        Hop::Backend => "the backend",
        Hop::BackendAuth => "what is between backend and auth service",
        Hop::Auth => "the auth service",
        Hop::Data => "the data stores",
        Hop::Agents => "the agents",
        Hop::Unknown => "somebody unknown",
    }
}

/// How a call ends.
pub(super) const fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "works",
        Outcome::Denied => "refused",
        Outcome::NotFound => "no such thing",
        Outcome::InvalidRequest => "request not understood",
        Outcome::Throttled => "too many requests",
        Outcome::Failed => "error",
        Outcome::Unavailable => "unavailable",
        Outcome::BrokenStream => "breaks off",
        Outcome::Silent => "silence",
        Outcome::Hollow => "nothing of what it is for",
        Outcome::TimedOut => "no answer in time",
        Outcome::Refused => "connection refused",
        Outcome::Reset => "connection closed without an answer",
        Outcome::TlsFailed => "TLS fails",
        Outcome::DnsFailed => "the name does not resolve",
        Outcome::WrongService => "not this service's answer",
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
    vocabulary::of(key).map_or(key, |fact| fact.says)
}

/// By which source of evidence a fact comes, and whether it is more than one of several things that may be.
fn shown_by(key: &str, values: &[String]) -> String {
    let Some(fact) = vocabulary::of(key) else { return String::new() };
    let telling = fact.anomaly.is_some_and(|anomaly| values.iter().all(|value| value == anomaly));
    format!(" (evidence: {}{})", fact.evidence_source, if telling { "; as in no system in order" } else { "" })
}

/// `a, b or c`.
fn any<S: AsRef<str>>(words: &[S]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.as_ref().to_owned(),
        Some((last, others)) => {
            format!("{} or {}", others.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "), last.as_ref())
        }
    }
}
