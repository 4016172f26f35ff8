//! Findings: problems for which no scenario failed, and negative controls that were accepted.
//!
//! A run has one finding of each kind, with everything that shows it.

use std::collections::BTreeSet;

use crate::config::Target;
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::fact_schema::FACTS;
use crate::diagnose::model::probe_class::Place;
use crate::diagnose::readings::input::Given;
use crate::diagnose::readings::probe_result::Reading;
use crate::diagnose::verdict::cause::{Cause, Certainty, Finding};
use crate::diagnose::verdict::foreign_page;
use crate::diagnose::verdict::http2::FAILS_OVER_HTTP2;
use crate::diagnose::wording::proof::Proof;
use crate::diagnose::wording::readings;
use crate::observe::{Observation, Outcome};
use crate::probe::BlockReason;
use crate::terms::{Caller, Role, TokenKind};

/// Returns all findings of a run. An anomaly that one of its `causes` explains is no finding.
#[must_use]
pub fn findings(given: Given<'_>, causes: &[Cause]) -> Vec<Finding> {
    let case = Case::of(given, &[]);
    let found = KINDS.iter().filter_map(|kind| gathered(&case, kind));
    found.chain(anomalies(&case, causes)).collect()
}

/// A kind of finding that a single reading shows.
struct Kind {
    id: &'static str,
    title: &'static str,
    fails: bool,
    shows: fn(&Case<'_>, &Reading<'_>) -> bool,
}

const KINDS: [Kind; 8] = [
    Kind { id: "auth-bypass", title: "A credential that must be refused was accepted", fails: true, shows: is_bypass },
    Kind { id: "revoked-accepted", title: "A revoked token is still accepted", fails: true, shows: takes_revoked },
    Kind {
        id: "callers-not-checked",
        title: "The auth service serves callers without service credentials",
        fails: false,
        shows: |_, reading| serves_any_caller(reading),
    },
    Kind {
        id: "optional-auth",
        title: "A route serves requests with a bad token or none: its success proves nothing about authentication",
        fails: false,
        shows: is_optional,
    },
    Kind {
        id: "http.401-without-challenge",
        title: "A 401 response has no WWW-Authenticate header, which RFC 9110 section 15.5.2 requires",
        fails: false,
        shows: |_, reading| reading.observation.unchallenged,
    },
    Kind {
        id: "browser.subprotocol-not-chosen",
        title: "The server chooses none of the offered subprotocols: a browser closes such a socket (WebSockets standard, 2.1)",
        fails: false,
        shows: |_, reading| is_unchosen(reading),
    },
    Kind {
        id: "browser.refusal-unreadable",
        title: "CORS does not allow the page to read error responses: the page sees a network error",
        fails: false,
        shows: |_, reading| hides_errors(reading),
    },
    Kind {
        id: "stream-held-back",
        title: "Every event of a stream arrives at its end: a component holds the stream back",
        fails: false,
        shows: |_, reading| reading.observation.held_back && reading.observation.result == Outcome::Ok,
    },
];

/// The id of the finding about headers that mark a request as a test.
const TEST_HEADERS: &str = "test-headers-open";

/// The id of the finding about tokens that only the holder of the signing key can make.
pub(crate) const NO_SIGNING_KEY: &str = "no-signing-key";

/// Returns the ids of all findings that this folder can state.
#[must_use]
pub fn finding_ids() -> Vec<String> {
    let kinds = KINDS.iter().map(|kind| kind.id.to_owned());
    let odd = FACTS.iter().map(|fact| anomaly_id(fact.key));
    let foreign = foreign_page::KINDS.iter().map(|(id, _)| (*id).to_owned());
    let single = [TEST_HEADERS, NO_SIGNING_KEY, FAILS_OVER_HTTP2].map(str::to_owned);
    kinds.chain(single).chain(foreign).chain(odd).collect()
}

fn anomaly_id(key: &str) -> String {
    format!("anomaly-{}", key.replace('.', "-"))
}

/// Returns the finding of a probe with headers that mark it as a test, if its malformed token was accepted.
#[must_use]
pub fn opened_by_test_headers(target: &Target, seen: &Observation) -> Option<Finding> {
    let call = readings::call(&seen.probe.endpoint, target);
    let says = format!("{call} with a malformed token and headers that mark it as a test: accepted");
    (seen.result == Outcome::Ok).then(|| Finding {
        id: TEST_HEADERS.into(),
        title: "Headers that mark a request as a test switch authentication off".into(),
        evidence: vec![Proof::new(says, Some(seen.exchange))],
        fails: false,
    })
}

/// Collects the evidence for one kind of finding: once per endpoint, and for a finding that fails the run also per
/// token kind.
fn gathered(case: &Case<'_>, kind: &Kind) -> Option<Finding> {
    let mut told = BTreeSet::new();
    let mut evidence: Vec<Proof> = Vec::new();
    for reading in case.readings.all.iter().filter(|reading| (kind.shows)(case, reading)) {
        if told.insert((&reading.observation.probe.endpoint, kind.fails.then_some(reading.class.token))) {
            evidence.push(readings::reading(reading, case.target));
        }
    }
    (!evidence.is_empty()).then(|| Finding {
        id: kind.id.into(),
        title: kind.title.into(),
        evidence,
        fails: kind.fails,
    })
}

/// Reports whether a socket opened that a browser would close. Where the client is a browser, that is a failure with a cause.
fn is_unchosen(reading: &Reading<'_>) -> bool {
    let seen = reading.observation;
    seen.result == Outcome::Ok && seen.blocked.as_ref().is_some_and(|blocked| blocked.by == BlockReason::Subprotocol)
}

/// Reports whether the page cannot see why its call was refused.
fn hides_errors(reading: &Reading<'_>) -> bool {
    let seen = reading.observation;
    let is_error = !matches!(seen.result, Outcome::Ok | Outcome::Blocked) && seen.status.is_some_and(|s| s >= 400);
    is_error && seen.blocked.as_ref().is_some_and(|blocked| blocked.by == BlockReason::Origin)
}

/// Reports whether a bad credential was accepted.
/// An unknown key that is accepted where the configured key is refused is a key swap, not a bypass.
fn is_bypass(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let refused = |control: &Reading<'_>| control.observation.result == Outcome::Denied;
    let swapped = reading.class.token == TokenKind::WrongKey
        && case.readings.control(reading, TokenKind::Valid).is_some_and(refused);
    let bad = is_bad(reading.class.token) && reading.class.token != TokenKind::Revoked;
    bad && is_guarded(case, reading) && !swapped && reading.observation.result == Outcome::Ok
}

fn takes_revoked(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    reading.class.token == TokenKind::Revoked && is_guarded(case, reading) && reading.observation.result == Outcome::Ok
}

/// Reports whether an endpoint serves requests both with a bad token and without one, and the target file allows that.
fn is_optional(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let served = |one: &Reading<'_>| one.observation.result == Outcome::Ok;
    let same_endpoint = |one: &&Reading<'_>| one.observation.probe.endpoint == reading.observation.probe.endpoint;
    let others = || case.readings.all.iter().filter(same_endpoint).filter(|one| served(one));
    let anonymous = others().any(|one| one.class.token == TokenKind::None);
    let bad = others().any(|one| one.class.token.is_sent() && is_bad(one.class.token));
    let shown = reading.class.token == TokenKind::None || is_bad(reading.class.token);
    reading.class.place == Place::Protected
        && !is_guarded(case, reading)
        && anonymous
        && bad
        && shown
        && served(reading)
}

fn is_bad(token: TokenKind) -> bool {
    !token.should_be_accepted() && token != TokenKind::UnknownUser
}

fn is_guarded(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let role = case.target.endpoints.get(&reading.observation.probe.endpoint).map(|endpoint| endpoint.role);
    matches!(role, Some(Role::Protected | Role::Introspection | Role::Optional))
}

fn serves_any_caller(reading: &Reading<'_>) -> bool {
    let anonymous = matches!(reading.class.caller, Some(Caller::None | Caller::IdOnly));
    anonymous
        && reading.class.place == Place::Introspection
        && reading.class.token == TokenKind::Valid
        && reading.observation.result == Outcome::Ok
}

fn anomalies(case: &Case<'_>, causes: &[Cause]) -> Vec<Finding> {
    let told = |key: &'static str| {
        let sure = causes.iter().filter(|cause| cause.certainty >= Certainty::Likely);
        sure.flat_map(|cause| &cause.whys).flat_map(|why| &why.evidence).any(|proof| proof.fact == Some(key))
    };
    let odd = case.facts.iter().filter(|fact| fact.anomaly && !told(fact.key));
    odd.map(|fact| Finding {
        id: anomaly_id(fact.key),
        title: format!("A value that never occurs in a healthy system: {} is {}", fact.key, fact.value),
        evidence: vec![Proof::of_fact(fact)],
        fails: false,
    })
    .collect()
}
