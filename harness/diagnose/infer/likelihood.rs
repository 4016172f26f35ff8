//! How well a mode of a fault predicted the observations. It orders the candidates and excludes none.

use std::collections::BTreeSet;

use crate::diagnose::infer::agreement::{holds, names_outcome, speaking};
use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::fact::{Fact, UNKNOWN};
use crate::diagnose::model::fault_mode::FaultMode;
use crate::diagnose::model::prediction::Prediction;
use crate::diagnose::model::probe_class::Place;
use crate::diagnose::readings::probe_result::Reading;
use crate::observe::Outcome;
use crate::terms::{Hop, TokenKind};

/// How often an observation is misleading.
pub(crate) const NOISE: f64 = 0.01;
/// The number of outcomes. A mode without a prediction is uniform over them.
const OUTCOMES: f64 = 15.0;
/// The weight of a response's form as a hint at its component, as a factor: services and gateways both answer in JSON.
const FORM: f64 = 2.0;
/// The weight of an unusual observation, as a factor. Alone it makes no fault likely.
const USUAL: f64 = 8.0;
/// The weight of a hint, as a factor.
pub(crate) const HINT: f64 = 20.0;

/// How well one mode predicted everything, as logarithms.
#[derive(Debug, Clone)]
pub(crate) struct Likelihood {
    /// One value for each reading of [`counted`].
    readings: Vec<f64>,
    facts: f64,
    /// Unusual facts.
    oddities: f64,
    /// All other hints.
    manners: f64,
    sameness: f64,
}

impl Likelihood {
    /// Returns the share of hints. Hints order the candidates and make none likely.
    pub(crate) const fn hints(&self) -> f64 {
        self.oddities + self.manners
    }

    /// Returns the share of facts.
    pub(crate) const fn facts(&self) -> f64 {
        self.facts
    }

    /// Returns the share of unusual facts.
    pub(crate) const fn oddities(&self) -> f64 {
        self.oddities
    }

    pub(crate) fn total(&self) -> f64 {
        self.readings.iter().sum::<f64>() + self.facts + self.hints() + self.sameness
    }
}

/// Returns how well the mode predicted the observations.
pub(crate) fn likelihood(mode: &FaultMode, case: &Case<'_>) -> Likelihood {
    let mut shown = BTreeSet::new();
    Likelihood {
        readings: counted(case).map(|reading| reading_likelihood(mode, reading, case, &mut shown)).collect(),
        facts: facts_likelihood(mode, case),
        oddities: oddity_likelihood(mode, case),
        manners: maker_likelihood(mode, case) + usual_likelihood(mode, case) + steadiness_likelihood(mode, case),
        sameness: sameness_likelihood(mode, case),
    }
}

/// Returns the score of two faults at once. The better fault determines a failure, the worse one a success.
pub(crate) fn together(one: &Candidate<'_>, other: &Candidate<'_>, case: &Case<'_>) -> f64 {
    let both = one.likelihood.readings.iter().zip(&other.likelihood.readings);
    let readings: f64 = counted(case)
        .zip(both)
        .map(|(reading, (a, b))| if reading.observation.result == Outcome::Ok { a.min(*b) } else { a.max(*b) })
        .sum();
    let (a, b) = (&one.likelihood, &other.likelihood);
    let hints = a.oddities.max(b.oddities) + a.manners.max(b.manners);
    one.base + other.base + readings + a.facts + b.facts + hints + a.sameness.max(b.sameness)
}

/// Returns one reading of each group: forty equal refusals count once.
fn counted<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = &'c Reading<'a>> {
    let mut counted = BTreeSet::new();
    case.readings.all.iter().filter(move |reading| counted.insert(reading.group()))
}

/// Scores the prediction that a valid token gets the same response as one signed with an unknown key.
/// A mode that makes no such prediction gets one half.
fn sameness_likelihood(mode: &FaultMode, case: &Case<'_>) -> f64 {
    let with_control = |reading: &&Reading<'_>| case.readings.control(reading, TokenKind::WrongKey).is_some();
    let goes_in = |reading: &&Reading<'_>| reading.class.place == Place::Protected;
    let Some(reading) = case.readings.failing().filter(goes_in).find(with_control) else { return 0.0 };
    let predicted = |one: &Prediction| [one.same_as, one.differs_from].contains(&Some(TokenKind::WrongKey));
    if speaking(mode, reading).any(predicted) { 0.0 } else { -std::f64::consts::LN_2 }
}

/// Scores one reading. `shown` has the outcomes that the mode has shown so far.
///
/// A prediction with several outcomes chooses among them once, not once per group: a backend that is down refuses
/// connections everywhere or nowhere.
fn reading_likelihood(
    mode: &FaultMode,
    reading: &Reading<'_>,
    case: &Case<'_>,
    shown: &mut BTreeSet<(*const Prediction, Outcome)>,
) -> f64 {
    let narrowest = speaking(mode, reading).filter(|one| !one.result.is_empty()).min_by_key(|one| one.result.len());
    let Some(prediction) = narrowest else {
        // What every healthy system shows is evidence for no fault.
        return if reading.is_as_always() { 0.0 } else { -OUTCOMES.ln() };
    };
    let chosen_before = !shown.insert((std::ptr::from_ref(prediction), reading.observation.result));
    let size = if chosen_before { 1.0 } else { choices(mode, prediction, reading) };
    let fits = speaking(mode, reading).all(|one| one.some || holds(one, reading, case));
    let in_time =
        speaking(mode, reading).all(|one| !names_outcome(one, reading) || one.is_in_time(reading.observation.latency));
    let lateness = if in_time { 0.0 } else { -HINT.ln() };
    lateness + if fits { ((1.0 - NOISE) / size).ln() } else { (NOISE / (OUTCOMES - size).max(1.0)).ln() }
}

/// Returns the number of outcomes that the mode allows, or that it usually shows if the outcome is one of those.
fn choices(mode: &FaultMode, prediction: &Prediction, reading: &Reading<'_>) -> f64 {
    let usual = mode.usual.iter().filter(|one| reading.is_on(&one.on));
    let seen = usual.filter(|one| one.result.contains(&reading.observation.result));
    seen.map(|one| one.result.len()).min().unwrap_or(usize::MAX).min(prediction.result.len()) as f64
}

fn facts_likelihood(mode: &FaultMode, case: &Case<'_>) -> f64 {
    let known = |key: &String| case.fact(key).filter(|fact| fact.value != UNKNOWN);
    let demanded = mode.facts.keys().filter_map(known).map(|fact| match mode.demands(fact) {
        true if fact.anomaly => HINT.ln(),
        true => 0.0,
        false => NOISE.ln(),
    });
    demanded.sum()
}

/// Scores unusual facts that are no anomaly, and facts that the mode usually shows.
fn oddity_likelihood(mode: &FaultMode, case: &Case<'_>) -> f64 {
    let known = |key: &String| case.fact(key).filter(|fact| fact.value != UNKNOWN);
    let odd = |fact: &&Fact| fact.is_odd() && !fact.anomaly && mode.demands(fact);
    let demanded = mode.facts.keys().filter_map(known).filter(odd).map(|_| HINT.ln());
    let usual = mode.usual_facts.keys().filter_map(known).map(|fact| match mode.usually_shows(fact) {
        true if fact.is_odd() => HINT.ln(),
        true => 0.0,
        false => -USUAL.ln(),
    });
    demanded.chain(usual).sum()
}

/// Scores hints at the component that produced a failing response, if the mode predicts another component.
/// It counts once, whatever the number of responses.
fn maker_likelihood(mode: &FaultMode, case: &Case<'_>) -> f64 {
    let other = |reading: &&Reading<'_>| {
        let hint = reading.observation.answered_by;
        hint != Hop::Unknown
            && reading.answered_by == Hop::Unknown
            && speaking(mode, reading).any(|one| !one.answered_by.is_empty() && !one.answered_by.contains(&hint))
    };
    let mut others = case.readings.failing().filter(other);
    match (others.any(|one| !one.observation.unmarked), case.readings.failing().any(|one| other(&one))) {
        (true, _) => -HINT.ln(),
        (_, true) => -FORM.ln(),
        _ => 0.0,
    }
}

/// Scores intermittent failures: a mode that fails every time does not predict them.
fn steadiness_likelihood(mode: &FaultMode, case: &Case<'_>) -> f64 {
    let comes_and_goes = case.readings.failing().any(Reading::is_intermittent);
    if comes_and_goes && !mode.comes_and_goes { NOISE.ln() } else { 0.0 }
}

/// Scores the observations that differ from what the mode usually shows. Each difference counts once.
fn usual_likelihood(mode: &FaultMode, case: &Case<'_>) -> f64 {
    let otherwise = |usual: &&Prediction| {
        let mut spoken = case.readings.all.iter().filter(|one| one.is_firm() && one.is_on(&usual.on)).peekable();
        let as_usual = |one: &Reading<'_>| holds(usual, one, case) && usual.is_in_time(one.observation.latency);
        spoken.peek().is_some() && if usual.some { !spoken.any(as_usual) } else { !spoken.all(as_usual) }
    };
    -USUAL.ln() * mode.usual.iter().filter(otherwise).count() as f64
}
