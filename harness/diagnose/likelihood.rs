//! How well a mode of a fault foretold what was seen. Orders what remains; decides nothing. Sits in `diagnose`.

use std::collections::BTreeSet;

use super::case::Case;
use super::cell::Place;
use super::fact::{Fact, UNKNOWN};
use super::mode::{Mode, Prediction};
use super::predict::{foretells, holds, speaking};
use super::reading::Reading;
use super::weigh::Weighed;
use crate::observe::Outcome;
use crate::terms::{Hop, TokenKind};

/// How often an observation is not what it seems.
pub(super) const NOISE: f64 = 0.01;
/// Kinds of outcome an observation can have; what a silent prediction is uniform over.
const OUTCOMES: f64 = 15.0;
/// How much the mere form of an answer counts as a hint at its maker: services and gateways both speak JSON.
const FORM: f64 = 2.0;
/// How much it counts that something is not as usual, as a factor: by itself it makes nothing likely.
const USUAL: f64 = 8.0;
/// How much a hint counts, as a factor.
pub(super) const HINT: f64 = 20.0;

/// How well one mode foretold everything, as logarithms.
#[derive(Debug, Clone)]
pub(super) struct Likelihood {
    /// One for each of [`counted`].
    cells: Vec<f64>,
    facts: f64,
    /// What is told and not usual.
    oddities: f64,
    /// Every other hint.
    manners: f64,
    sameness: f64,
}

impl Likelihood {
    /// What mere hints say: they order, and make nothing likely.
    pub(super) const fn hints(&self) -> f64 {
        self.oddities + self.manners
    }

    /// What facts say.
    pub(super) const fn facts(&self) -> f64 {
        self.facts
    }

    pub(super) fn total(&self) -> f64 {
        self.cells.iter().sum::<f64>() + self.facts + self.hints() + self.sameness
    }
}

/// How well the mode foretold what was seen.
pub(super) fn likelihood(mode: &Mode, case: &Case<'_>) -> Likelihood {
    let mut shown = BTreeSet::new();
    Likelihood {
        cells: counted(case).map(|reading| cell_likelihood(mode, reading, case, &mut shown)).collect(),
        facts: facts_likelihood(mode, case),
        oddities: oddity_likelihood(mode, case),
        manners: maker_likelihood(mode, case) + usual_likelihood(mode, case) + steadiness_likelihood(mode, case),
        sameness: sameness_likelihood(mode, case),
    }
}

/// The score of two faults at once: a failure is as likely as the better of them makes it, what works as the worse of them.
pub(super) fn together(one: &Weighed<'_>, other: &Weighed<'_>, case: &Case<'_>) -> f64 {
    let both = one.likelihood.cells.iter().zip(&other.likelihood.cells);
    let cells: f64 = counted(case)
        .zip(both)
        .map(|(reading, (a, b))| if reading.observation.result == Outcome::Ok { a.min(*b) } else { a.max(*b) })
        .sum();
    let (a, b) = (&one.likelihood, &other.likelihood);
    let hints = a.oddities.max(b.oddities) + a.manners.max(b.manners);
    one.base + other.base + cells + a.facts + b.facts + hints + a.sameness.max(b.sameness)
}

/// The readings that count, grouped by what was decided about what: forty 401s are one fact.
fn counted<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = &'c Reading<'a>> {
    let mut counted = BTreeSet::new();
    case.readings.all.iter().filter(move |reading| counted.insert(reading.group()))
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
    let size = if chosen_before { 1.0 } else { choices(mode, prediction, reading) };
    let fits = speaking(mode, reading).all(|one| one.some || holds(one, reading, case));
    let in_time =
        speaking(mode, reading).all(|one| !foretells(one, reading) || one.is_in_time(reading.observation.latency));
    let lateness = if in_time { 0.0 } else { -HINT.ln() };
    lateness + if fits { ((1.0 - NOISE) / size).ln() } else { (NOISE / (OUTCOMES - size).max(1.0)).ln() }
}

/// Among how many outcomes the mode leaves the choice: fewer where it is one of those that it usually gives.
fn choices(mode: &Mode, prediction: &Prediction, reading: &Reading<'_>) -> f64 {
    let usual = mode.usual.iter().filter(|one| one.on.matches(&reading.cell));
    let seen = usual.filter(|one| one.result.contains(&reading.observation.result));
    seen.map(|one| one.result.len()).min().unwrap_or(usize::MAX).min(prediction.result.len()) as f64
}

fn facts_likelihood(mode: &Mode, case: &Case<'_>) -> f64 {
    let known = |key: &String| case.fact(key).filter(|fact| fact.value != UNKNOWN);
    let demanded = mode.facts.keys().filter_map(known).map(|fact| match mode.demands(fact) {
        true if fact.anomaly => HINT.ln(),
        true => 0.0,
        false => NOISE.ln(),
    });
    demanded.sum()
}

/// Facts that are odd though no anomaly, and those that the mode usually shows.
fn oddity_likelihood(mode: &Mode, case: &Case<'_>) -> f64 {
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

/// A mere hint at who made a failing answer, held against the maker that the mode foretells. It counts once, however many answers have it.
fn maker_likelihood(mode: &Mode, case: &Case<'_>) -> f64 {
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

/// What comes and goes is not what fails each time.
fn steadiness_likelihood(mode: &Mode, case: &Case<'_>) -> f64 {
    let comes_and_goes = case.readings.failing().any(|reading| reading.flaps);
    if comes_and_goes && !mode.comes_and_goes { NOISE.ln() } else { 0.0 }
}

/// What the mode usually gives, held against what was seen: each time it is otherwise counts once.
fn usual_likelihood(mode: &Mode, case: &Case<'_>) -> f64 {
    let otherwise = |usual: &&Prediction| {
        let mut spoken = case.readings.all.iter().filter(|one| one.is_firm() && usual.on.matches(&one.cell)).peekable();
        let as_usual = |one: &Reading<'_>| holds(usual, one, case) && usual.is_in_time(one.observation.latency);
        spoken.peek().is_some() && if usual.some { !spoken.any(as_usual) } else { !spoken.all(as_usual) }
    };
    -USUAL.ln() * mode.usual.iter().filter(otherwise).count() as f64
}
