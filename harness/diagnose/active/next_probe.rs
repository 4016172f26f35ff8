//! Chooses the next probe: the one that distinguishes the remaining candidates best for its cost. It sends nothing
//! itself.

use fivewhys_path::Outlook;

use crate::diagnose::active::foresight::Foresight;
use crate::diagnose::active::{confirmation, probe_space, repeat};
use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::compare::compare;
use crate::diagnose::infer::hypotheses::Hypotheses;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::probe_class::Place;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::probe::ProbeKey;
use crate::terms::{Caller, EvidenceSource, Role, Service, TokenKind};

/// A probe that distinguishes less than this is not worth sending.
const WORTH: f64 = 0.008;
/// The same where calls to the auth service are not granted, but calls directly to the backend are: fewer faults can
/// become certain.
const WORTH_AT_THE_BACKEND: f64 = 0.02;
/// The same where only calls through the edge are granted.
const WORTH_AT_THE_EDGE: f64 = 0.035;
/// The least weight of a pair of candidates: rare rivals must be distinguished too.
const RARE: f64 = 0.01;
/// The factor by which a probe is worth less if another endpoint was already probed in the same way.
const AGAIN: f64 = 5.0;

/// Returns the next probe. `None`: the cause is certain and its chain complete, or no open probe can help.
#[must_use]
pub fn next_probe(given: Given<'_>, catalogue: &Catalogue, refused: &[ProbeKey]) -> Option<ProbeKey> {
    let case = Case::of(given, &[]);
    let open = open_probes(&case, refused);
    if let Some(first) = open.iter().find(|key| is_auth_health(key, given)) {
        return Some(first.clone());
    }
    if let Some(doubtful) = repeat::doubtful(&case) {
        return Some(doubtful);
    }
    let compared = compare(&case, catalogue);
    let failed: Vec<&FailedStep> = given.failed.iter().collect();
    let next = for_hypotheses(&case, &Hypotheses::of(&compared, &failed), &open)?;
    Some(direct_health_first(&case, next, refused))
}

fn open_probes(case: &Case<'_>, refused: &[ProbeKey]) -> Vec<ProbeKey> {
    let unasked = |key: &ProbeKey| !case.readings.has(key) && !refused.contains(key);
    let open = probe_space::possible(case).into_iter().filter(unasked);
    open.filter(|key| !is_walled_off(case, key, refused)).collect()
}

fn for_hypotheses(case: &Case<'_>, hypotheses: &Hypotheses<'_, '_>, open: &[ProbeKey]) -> Option<ProbeKey> {
    let candidates = hypotheses.faults();
    // One fault of a pair may mask the difference, so first it must be known whether the token reaches the backend.
    let of_two =
        || matches!(hypotheses, Hypotheses::Two(_)).then(|| confirmation::doubt_of_the_edge(case, &candidates, open));
    of_two().flatten().or_else(|| match candidates.as_slice() {
        [] => None,
        [_] => confirmation::one(case, &candidates, open),
        several => best(case, several, open).or_else(|| confirmation::several(case, several, open)),
    })
}

/// Puts the health check before any other call directly at the backend: where that is closed, no response there counts.
fn direct_health_first(case: &Case<'_>, next: ProbeKey, refused: &[ProbeKey]) -> ProbeKey {
    let past_edge = case.target.endpoints.get(&next.endpoint).is_some_and(|endpoint| endpoint.past_edge);
    let health =
        probe_space::direct_health(case.target, case.user()).filter(|health| past_edge && !refused.contains(health));
    health.unwrap_or(next)
}

/// Reports whether a probe goes directly to the backend although the health check there failed.
fn is_walled_off(case: &Case<'_>, key: &ProbeKey, refused: &[ProbeKey]) -> bool {
    let past_edge = case.target.endpoints.get(&key.endpoint).is_some_and(|endpoint| endpoint.past_edge);
    let asked = probe_space::direct_health(case.target, case.user()).is_none_or(|health| refused.contains(&health));
    past_edge && asked && !case.readings.all.iter().any(|reading| reading.class.place == Place::DirectHealth)
}

fn is_auth_health(key: &ProbeKey, given: Given<'_>) -> bool {
    let endpoint = given.target.endpoints.get(&key.endpoint);
    given.target.opens(EvidenceSource::Auth)
        && endpoint.is_some_and(|endpoint| endpoint.role == Role::Health && endpoint.service == Service::Auth)
}

fn best(case: &Case<'_>, candidates: &[(&Candidate<'_>, f64)], open: &[ProbeKey]) -> Option<ProbeKey> {
    let foresight = Foresight::of(case);
    let worth = |key: &ProbeKey| {
        let Some(class) = case.class_of(key) else { return 0.0 };
        let split = split(candidates, key, &foresight);
        let asked = case.readings.all.iter().any(|reading| reading.class.asks_like(&class));
        split / cost(key) / if asked { AGAIN } else { 1.0 }
    };
    let least = match [EvidenceSource::Auth, EvidenceSource::Direct]
        .map(|evidence_source| case.target.opens(evidence_source))
    {
        [true, _] => WORTH,
        [_, true] => WORTH_AT_THE_BACKEND,
        _ => WORTH_AT_THE_EDGE,
    };
    // Among equals the first wins: the failing endpoint comes first.
    let rated = open.iter().rev().map(|key| (worth(key), key)).filter(|(worth, _)| *worth > least);
    rated.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, key)| key.clone())
}

fn couples<T>(all: &[T]) -> impl Iterator<Item = (&T, &T)> {
    all.iter().enumerate().flat_map(|(at, one)| all[at + 1..].iter().map(move |other| (one, other)))
}

/// Returns how well a probe distinguishes the candidates.
fn split(candidates: &[(&Candidate<'_>, f64)], key: &ProbeKey, foresight: &Foresight<'_, '_>) -> f64 {
    let outlooks: Option<Vec<(Outlook, f64)>> =
        candidates.iter().map(|(one, share)| Some((foresight.outlook(one, key)?, *share))).collect();
    outlooks.map_or(0.0, |all| couples(&all).map(|(a, b)| (a.1 * b.1).max(RARE) * a.0.distance(&b.0)).sum())
}

/// Returns the cost of a probe. A wrong secret leaves lines in the log of the auth service; an issued token needs two
/// calls.
fn cost(key: &ProbeKey) -> f64 {
    match (key.token, key.caller) {
        (TokenKind::Issued, _) => 2.0,
        (_, Caller::WrongSecret | Caller::WrongId) => 1.5,
        _ => 1.0,
    }
}
