//! Findings: what is wrong although no scenario failed for it, and negative controls that were accepted. Sits in `diagnose`.

use super::case::Case;
use super::cell::Place;
use super::describe;
use super::given::Given;
use super::reading::Reading;
use super::verdict::{Cause, Certainty, Finding, Proof};
use crate::observe::Outcome;
use crate::probe::Caller;
use crate::target::Role;
use crate::token::TokenKind;

/// Everything found in this run. `causes` are its causes: an anomaly that one of them explains is no finding of its own.
#[must_use]
pub fn findings(given: Given<'_>, causes: &[Cause]) -> Vec<Finding> {
    let case = Case::of(given, &[]);
    let bypass = gathered(&case, "auth-bypass", "A credential that must be refused was accepted", true, |reading| {
        is_bypass(&case, reading)
    });
    let callers = gathered(
        &case,
        "callers-not-checked",
        "The auth service serves callers without credentials",
        false,
        serves_anyone,
    );
    let revoked = gathered(&case, "revocation-ignored", "A token that was logged out was accepted", true, |reading| {
        reading.cell.token == TokenKind::Revoked
            && is_guarded(&case, reading)
            && reading.observation.result == Outcome::Ok
    });
    bypass.into_iter().chain(revoked).chain(callers).chain(anomalies(&case, causes)).collect()
}

fn gathered(
    case: &Case<'_>,
    id: &str,
    title: &str,
    fails: bool,
    is_one: impl Fn(&Reading<'_>) -> bool,
) -> Option<Finding> {
    let evidence: Vec<Proof> = case
        .readings
        .all
        .iter()
        .filter(|reading| is_one(reading))
        .map(|reading| describe::reading(reading, case.target))
        .collect();
    (!evidence.is_empty()).then(|| Finding { id: id.into(), title: title.into(), evidence, fails })
}

/// A bad credential let in. A foreign key that is accepted where ours is refused is a key swap, not a bypass.
fn is_bypass(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    // A token that was logged out is told apart: its finding is another.
    let bad = reading.cell.token != TokenKind::Revoked
        && !reading.cell.token.should_be_accepted()
        && reading.cell.token != TokenKind::UnknownUser;
    let refused = |control: &Reading<'_>| control.observation.result == Outcome::Denied;
    let swapped = reading.cell.token == TokenKind::WrongKey
        && case.readings.control(reading, TokenKind::Valid).is_some_and(refused);
    is_guarded(case, reading) && bad && !swapped && reading.observation.result == Outcome::Ok
}

fn is_guarded(case: &Case<'_>, reading: &Reading<'_>) -> bool {
    let role = case.target.surfaces.get(&reading.observation.probe.surface).map(|surface| surface.role);
    matches!(role, Some(Role::Protected | Role::Oracle | Role::Optional))
}

fn serves_anyone(reading: &Reading<'_>) -> bool {
    let nobody = matches!(reading.cell.caller, Some(Caller::None | Caller::IdOnly));
    nobody
        && reading.cell.place == Place::Oracle
        && reading.cell.token == TokenKind::Valid
        && reading.observation.result == Outcome::Ok
}

fn anomalies(case: &Case<'_>, causes: &[Cause]) -> Vec<Finding> {
    let told = |says: &str| {
        let sure = causes.iter().filter(|cause| cause.certainty == Certainty::Certain);
        sure.flat_map(|cause| &cause.whys).flat_map(|why| &why.evidence).any(|proof| proof.says == says)
    };
    let odd = case.facts.iter().filter(|fact| fact.anomaly && !told(&fact.says));
    odd.map(|fact| Finding {
        id: format!("anomaly-{}", fact.key.replace('.', "-")),
        title: format!("Not as in a system in order: {} {}", fact.key, fact.value),
        evidence: vec![Proof { says: fact.says.clone(), exchange: fact.exchange }],
        fails: false,
    })
    .collect()
}
