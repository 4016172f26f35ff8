//! One fault against one case: what contradicts it, what it explains, how well it fits. Sits in `diagnose`.

use std::collections::BTreeSet;

use super::case::Case;
use super::catalogue::{Catalogue, Fault, Mode, Prediction};
use super::cell::Place;
use super::describe;
use super::fact::UNKNOWN;
use super::logbook::LogMatch;
use super::reading::Reading;
use super::verdict::Proof;
use crate::observe::{Authn, Hop, Outcome};
use crate::token::TokenKind;

/// How often an observation is not what it seems.
const NOISE: f64 = 0.01;
/// Kinds of outcome an observation can have; what a silent prediction is uniform over.
const OUTCOMES: f64 = 15.0;
/// How much a hint counts, as a factor.
const HINT: f64 = 20.0;

/// A fault, weighed.
#[derive(Debug)]
pub(super) struct Weighed<'a> {
    pub(super) fault: &'a Fault,
    pub(super) mode: &'a Mode,
    /// Why it cannot be. Empty: it is a candidate, if it explains anything.
    pub(super) contradictions: Vec<Proof>,
    /// The failing exchanges it predicts.
    pub(super) explains: BTreeSet<u32>,
    /// The log line it leaves, if one was met.
    pub(super) log: Option<LogMatch>,
    /// Logarithm of prior times likelihood.
    pub(super) score: f64,
}

impl Weighed<'_> {
    pub(super) fn is_candidate(&self) -> bool {
        self.contradictions.is_empty() && !self.explains.is_empty()
    }
}

/// Every fault, weighed by its best mode. Anomalies and decisive lines contradict whoever does not predict them,
/// unless the faults that do are contradicted by probes: then they are true and explain nothing.
pub(super) fn weigh<'a>(case: &Case<'_>, catalogue: &'a Catalogue) -> Vec<Weighed<'a>> {
    let mut weighed: Vec<Weighed<'a>> = catalogue.faults.iter().map(|fault| by_best_mode(fault, case)).collect();
    let claims = claims(case, &weighed);
    for one in &mut weighed {
        let foreign: Vec<Proof> =
            claims.iter().filter(|claim| !claim.by.contains(&one.fault.id)).map(|claim| claim.proof.clone()).collect();
        one.score += NOISE.ln() * foreign.len() as f64;
        one.contradictions.extend(foreign);
    }
    weighed
}

/// Something seen that only some faults predict.
struct Claim {
    by: Vec<String>,
    proof: Proof,
}

fn claims(case: &Case<'_>, weighed: &[Weighed<'_>]) -> Vec<Claim> {
    let candidates = || weighed.iter().filter(|one| one.is_candidate());
    let anomalies = case.facts.iter().filter(|fact| fact.anomaly).map(|fact| Claim {
        by: candidates().filter(|one| demands(one, fact.key, fact.value)).map(|one| one.fault.id.clone()).collect(),
        proof: Proof { says: fact.says.clone(), exchange: fact.exchange },
    });
    let lines = candidates().filter_map(|one| {
        let line = one.log.as_ref().filter(|line| line.decisive)?;
        let by = candidates().filter(|other| other.log.as_ref().is_some_and(|log| log.says == line.says));
        let by = by.map(|other| other.fault.id.clone()).collect();
        Some(Claim { by, proof: Proof { says: line.says.clone(), exchange: None } })
    });
    anomalies.chain(lines).filter(|claim| !claim.by.is_empty()).collect()
}

fn demands(one: &Weighed<'_>, key: &str, value: &str) -> bool {
    one.mode.facts.get(key).is_some_and(|allowed| allowed.iter().any(|word| word == value))
}

fn by_best_mode<'a>(fault: &'a Fault, case: &Case<'_>) -> Weighed<'a> {
    let log = best_line(fault, case);
    let hints = f64::from(u8::from(log.is_some())) + f64::from(u8::from(signature_seen(fault, case)));
    let base = fault.prior.weight().ln() + hints * HINT.ln();
    let modes = fault.mode.iter().map(|mode| {
        let explains =
            case.to_explain().filter(|reading| predicts(mode, reading)).flat_map(|reading| reading.exchanges.clone());
        Weighed {
            fault,
            mode,
            contradictions: contradictions(mode, case),
            explains: explains.collect(),
            log: log.clone(),
            score: base + likelihood(mode, case),
        }
    });
    modes
        .max_by(|a, b| {
            (a.is_candidate(), a.score).partial_cmp(&(b.is_candidate(), b.score)).unwrap_or(std::cmp::Ordering::Equal)
        })
        .expect("a fault without a mode is refused when the catalogue is read")
}

fn best_line(fault: &Fault, case: &Case<'_>) -> Option<LogMatch> {
    let lines: Vec<_> = fault.log.iter().filter_map(|rule| case.logbook.find(rule)).collect();
    lines.iter().find(|line| line.decisive).or(lines.first()).cloned()
}

fn signature_seen(fault: &Fault, case: &Case<'_>) -> bool {
    case.readings
        .failing()
        .any(|reading| reading.observation.signatures.iter().any(|seen| fault.signatures.contains(seen)))
}

/// The predictions that speak of this reading. One that names another user speaks of nobody else, and the other way round.
fn speaking<'m>(mode: &'m Mode, reading: &Reading<'_>) -> impl Iterator<Item = &'m Prediction> {
    let other_user = !reading.cell.same_user;
    let covered = mode.predict.iter().any(|one| one.on.asks_for_another_user());
    mode.predict.iter().filter(move |one| !(other_user && covered) || one.on.asks_for_another_user()).filter({
        let (cell, beside_failure) = (reading.cell, reading.beside_failure);
        move |one| one.on.matches(&cell) && (beside_failure || !one.where_failing)
    })
}

fn predicts(mode: &Mode, reading: &Reading<'_>) -> bool {
    let mut spoke = false;
    for prediction in speaking(mode, reading) {
        spoke |= allows_failure(prediction, reading);
        if !prediction.some && !fits(prediction, reading) {
            return false;
        }
    }
    spoke
}

fn allows_failure(prediction: &Prediction, reading: &Reading<'_>) -> bool {
    prediction.result.contains(&reading.observation.result)
        && (reading.observation.result != Outcome::Ok || prediction.authn.contains(&reading.observation.authn))
}

/// Whether the reading's own axes are as predicted. What an exchange could not tell contradicts nothing; nor does latency, which open
/// breakers and warm caches shorten.
fn fits(prediction: &Prediction, reading: &Reading<'_>) -> bool {
    let seen = reading.observation;
    let result = prediction.result.is_empty() || prediction.result.contains(&seen.result);
    let hop = prediction.answered_by.is_empty()
        || (reading.answered_by == Hop::Unknown && !prediction.surely)
        || prediction.answered_by.contains(&reading.answered_by);
    let authn = prediction.authn.is_empty() || seen.authn == Authn::Unknown || prediction.authn.contains(&seen.authn);
    result && hop && authn
}

fn contradictions(mode: &Mode, case: &Case<'_>) -> Vec<Proof> {
    let mut found = Vec::new();
    if !mode.validation.is_empty() && !mode.validation.contains(&case.target.validation) {
        let says = "the target says how the backend judges tokens, and not so".to_owned();
        found.push(Proof { says, exchange: None });
    }
    found.extend(reading_contradictions(mode, case));
    found.extend(fact_contradictions(mode, case));
    found
}

fn reading_contradictions(mode: &Mode, case: &Case<'_>) -> Vec<Proof> {
    let mut found = Vec::new();
    for reading in case.readings.all.iter().filter(|reading| !reading.mixed) {
        let holds = |one: &Prediction| one.some || (fits(one, reading) && relation_holds(one, reading, case));
        if !speaking(mode, reading).all(holds) {
            found.push(describe::reading(reading, case.target));
        }
    }
    for prediction in mode.predict.iter().filter(|one| one.some) {
        let spoken: Vec<_> = case.readings.all.iter().filter(|reading| prediction.on.matches(&reading.cell)).collect();
        let met = |reading: &&Reading<'_>| {
            reading.mixed || (fits(prediction, reading) && relation_holds(prediction, reading, case))
        };
        if let Some(first) = spoken.first().filter(|_| !spoken.iter().any(met)) {
            found.push(describe::reading(first, case.target));
        }
    }
    found
}

/// Whether the answer is like (or unlike) its control, as predicted. Without a control nothing is contradicted; a difference must
/// be one of decision, since texts lie; sameness must be to the letter.
fn relation_holds(prediction: &Prediction, reading: &Reading<'_>, case: &Case<'_>) -> bool {
    let control = |token| case.readings.control(reading, token).filter(|control| !control.mixed);
    let same = prediction.same_as.and_then(control).is_none_or(|control| reading.same_decision(control));
    let differs = prediction
        .differs_from
        .and_then(control)
        .is_none_or(|control| !(reading.same_decision(control) && reading.same_shape(control)));
    same && differs
}

fn fact_contradictions(mode: &Mode, case: &Case<'_>) -> Vec<Proof> {
    let wrong = |(key, allowed): (&String, &Vec<String>)| {
        let fact = case.fact(key)?;
        let fits = fact.value == UNKNOWN || allowed.iter().any(|word| word == fact.value);
        (!fits).then(|| Proof { says: fact.says.clone(), exchange: fact.exchange })
    };
    mode.facts.iter().filter_map(wrong).collect()
}

/// How well the mode foretold what was seen. Observations are grouped by what was decided about what: forty 401s are one fact.
fn likelihood(mode: &Mode, case: &Case<'_>) -> f64 {
    let mut counted = BTreeSet::new();
    let mut shown = BTreeSet::new();
    let mut sum = 0.0;
    for reading in &case.readings.all {
        if counted.insert(reading.group()) {
            sum += cell_likelihood(mode, reading, case, &mut shown);
        }
    }
    let facts: f64 = mode.facts.iter().map(|(key, allowed)| fact_likelihood(key, allowed, case)).sum();
    sum + facts + sameness_likelihood(mode, case)
}

/// Whether a good token fares to the letter like a foreign one: foretold, or a coin's throw where the mode says nothing of it.
fn sameness_likelihood(mode: &Mode, case: &Case<'_>) -> f64 {
    let with_control = |reading: &&Reading<'_>| case.readings.control(reading, TokenKind::WrongKey).is_some();
    let goes_in = |reading: &&Reading<'_>| reading.cell.place == Place::Protected;
    let Some(reading) = case.readings.failing().filter(goes_in).find(with_control) else { return 0.0 };
    let foretold = |one: &Prediction| [one.same_as, one.differs_from].contains(&Some(TokenKind::WrongKey));
    if speaking(mode, reading).any(foretold) { 0.0 } else { -std::f64::consts::LN_2 }
}

/// `shown` holds the ways the mode has shown itself so far. Which of several it takes is chosen once a prediction, not once a group:
/// a backend that is down refuses connections everywhere, or nowhere.
fn cell_likelihood(
    mode: &Mode,
    reading: &Reading<'_>,
    case: &Case<'_>,
    shown: &mut BTreeSet<(*const Prediction, Outcome)>,
) -> f64 {
    let narrowest = speaking(mode, reading).filter(|one| !one.result.is_empty()).min_by_key(|one| one.result.len());
    let Some(prediction) = narrowest else {
        // What is as in any system in order needs no saying, and speaks for nobody.
        return if reading.is_as_always() { 0.0 } else { -OUTCOMES.ln() };
    };
    let chosen_before = !shown.insert((std::ptr::from_ref(prediction), reading.observation.result));
    let size = if chosen_before { 1.0 } else { prediction.result.len() as f64 };
    let fits =
        speaking(mode, reading).all(|one| one.some || (fits(one, reading) && relation_holds(one, reading, case)));
    let in_time =
        speaking(mode, reading).all(|one| one.latency.is_empty() || one.latency.contains(&reading.observation.latency));
    let lateness = if in_time { 0.0 } else { -HINT.ln() };
    lateness + if fits { ((1.0 - NOISE) / size).ln() } else { (NOISE / (OUTCOMES - size).max(1.0)).ln() }
}

fn fact_likelihood(key: &str, allowed: &[String], case: &Case<'_>) -> f64 {
    match case.fact(key) {
        Some(fact) if fact.value != UNKNOWN => {
            let fits = allowed.iter().any(|word| word == fact.value);
            if fits && fact.anomaly {
                HINT.ln()
            } else if fits {
                0.0
            } else {
                NOISE.ln()
            }
        }
        _ => 0.0,
    }
}
