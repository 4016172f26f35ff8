//! Two faults at once: pairs that explain together what no single fault does. Sits in `diagnose`.
//!
//! A failure needs one of the two to foretell it; what works needs both to allow it. Whichever a request meets first hides the other.

use std::collections::{BTreeMap, BTreeSet};

use super::calls;
use super::case::Case;
use super::likelihood::together;
use super::logbook::Window;
use super::predict::{takes_what_is_gone, way_holds};
use super::stance::{Stance, Stances};
use super::weigh::{Record, Weighed};
use crate::observe::Outcome;
use crate::terms::TokenLocation;

/// Facts about calls of the backend while our probes were under way: another fault further out keeps them from happening.
const HIDDEN_BY_ANOTHER: [&str; 5] = [calls::KEY, "backend-contact", "unheard-call", "auth.at-work", "token-judged"];

/// Two faults that nothing contradicts together.
#[derive(Debug)]
pub(super) struct Pair<'w, 'a> {
    pub(super) members: [Member<'w, 'a>; 2],
    /// The exchanges that one of them foretells.
    pub(super) explains: BTreeSet<u32>,
    /// Anomalies and decisive lines that one of them accounts for.
    pub(super) claims: usize,
    /// Logarithm of prior times likelihood of both.
    pub(super) score: f64,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Member<'w, 'a> {
    pub(super) weighed: &'w Weighed<'a>,
    /// The failures it foretells, whatever hides it elsewhere.
    pub(super) explains: BTreeSet<u32>,
    /// Whether it foretells a failure that the other does not.
    pub(super) is_needed: bool,
}

/// One mode of a fault, with what it says of everything.
struct Half<'w, 'a> {
    weighed: &'w Weighed<'a>,
    stances: Stances,
    foretold: BTreeSet<u32>,
    /// It lies behind the edge, and these readings through it are not what the way past it came to: somebody before it made them.
    loses_its_way: Vec<usize>,
    /// It has the edge take a token out of the header, and past the edge that is not read either.
    takes_what_is_gone: bool,
    /// It foretells how the call ends for which the backend asked nobody, though it asked for a later one.
    fails_what_is_passed_over: bool,
    /// The endpoints, and ways in, on which it foretells that a good token fails.
    broken: BTreeSet<(&'w str, TokenLocation)>,
    /// Anomalies and decisive lines that it accounts for.
    claims: BTreeSet<Record>,
}

/// The pairs that nothing contradicts, that explain the most and leave the least oddities, best first.
pub(super) fn pairs<'w, 'a>(case: &'w Case<'_>, modes: &'w [Weighed<'a>]) -> Vec<Pair<'w, 'a>> {
    let halves: Vec<Half<'w, 'a>> = modes.iter().filter_map(|one| Half::of(one, case)).collect();
    let couples = halves.iter().enumerate().flat_map(|(at, one)| halves[at + 1..].iter().map(move |two| (one, two)));
    let possible: Vec<(&Half<'_, '_>, &Half<'_, '_>)> = couples
        .filter(|(one, two)| one.weighed.fault.id != two.weighed.fault.id)
        .filter(|(one, two)| one.adds_to(two) && two.adds_to(one))
        .filter(|(one, two)| agree(one, two, case))
        .collect();
    let worth = |(one, two): &(&Half<'_, '_>, &Half<'_, '_>)| (explained(one, two, case), claimed(one, two));
    let most = possible.iter().map(worth).max();
    let mut best: BTreeMap<(&str, &str), Pair<'w, 'a>> = BTreeMap::new();
    for couple in possible.iter().filter(|couple| Some(worth(couple)) == most) {
        let pair = couple.0.with(couple.1, case);
        let key = (couple.0.weighed.fault.id.as_str(), couple.1.weighed.fault.id.as_str());
        if best.get(&key).is_none_or(|known| known.score < pair.score) {
            best.insert(key, pair);
        }
    }
    let mut pairs: Vec<_> = best.into_values().collect();
    pairs.sort_by(|a, b| b.score.total_cmp(&a.score));
    pairs
}

/// Whether nothing contradicts the two of them together.
pub(super) fn can_be_together(one: &Weighed<'_>, other: &Weighed<'_>, case: &Case<'_>) -> bool {
    let possible = [one, other].iter().all(|one| one.mode.is_possible_in(case.target));
    possible && agree(&Half::whole(one, case), &Half::whole(other, case), case)
}

impl<'w, 'a> Half<'w, 'a> {
    /// Nothing where it could explain nothing.
    fn of(weighed: &'w Weighed<'a>, case: &'w Case<'_>) -> Option<Self> {
        let half = Self::whole(weighed, case);
        let explains = !(half.foretold.is_empty() && half.claims.is_empty());
        (weighed.mode.is_possible_in(case.target) && explains).then_some(half)
    }

    fn whole(weighed: &'w Weighed<'a>, case: &'w Case<'_>) -> Self {
        let stances = Stances::of(weighed.mode, case);
        let foretold = stances.foretold(case);
        let broken = broken(&stances, case);
        let firm = case.readings.all.iter().filter(|reading| reading.is_firm());
        let lost = firm.filter(|reading| !way_holds(weighed.mode, reading));
        let loses_its_way = lost.filter_map(|reading| case.readings.made_before(reading)).collect();
        let claims = claims(weighed, case);
        let passed_over = case.fact(calls::KEY).is_some_and(|fact| fact.value == calls::PASSED_OVER);
        let first = || case.logbook.first_to_come_through().map(Window::exchange);
        let fails_what_is_passed_over = passed_over && first().is_some_and(|exchange| foretold.contains(&exchange));
        let takes_what_is_gone = takes_what_is_gone(weighed.mode, case);
        Self {
            takes_what_is_gone,
            fails_what_is_passed_over,
            weighed,
            stances,
            loses_its_way,
            foretold,
            broken,
            claims,
        }
    }

    fn adds_to(&self, other: &Self) -> bool {
        self.is_needed_beside(other) || !self.claims.is_subset(&other.claims)
    }

    /// Whether it foretells a failure that the other does not, or what the other says cannot be, or accounts for what the other meets on
    /// its way only through the edge.
    fn is_needed_beside(&self, other: &Self) -> bool {
        let mut both = self.stances.readings.iter().zip(&other.stances.readings);
        !self.foretold.is_subset(&other.foretold)
            || both.any(|both| both == (&Stance::Foretold, &Stance::Contradicted))
            || self.finds_the_way_of(other)
            || self.silences(other)
    }

    /// Whether by the log the backend passed over the first failing call, where the other would have it ask, and this one fails that call.
    fn silences(&self, other: &Self) -> bool {
        let fits = |half: &Self| !half.stances.facts.contains(calls::KEY);
        self.fails_what_is_passed_over && fits(self) && !fits(other)
    }

    /// Whether it lies further out, and foretells what the other meets on its way only through the edge.
    fn finds_the_way_of(&self, other: &Self) -> bool {
        let foretold = |at: &usize| self.stances.readings[*at] == Stance::Foretold;
        !self.weighed.mode.inside && other.loses_its_way.iter().any(foretold)
    }

    fn with(&self, other: &Self, case: &Case<'_>) -> Pair<'w, 'a> {
        let member = |one: &Self, other: &Self| Member {
            weighed: one.weighed,
            explains: one.foretold.clone(),
            is_needed: one.is_needed_beside(other),
        };
        Pair {
            members: [member(self, other), member(other, self)],
            explains: [&self.foretold, &other.foretold, &self.weighed.explains, &other.weighed.explains]
                .into_iter()
                .flatten()
                .copied()
                .collect(),
            claims: claimed(self, other),
            score: together(self.weighed, other.weighed, case),
        }
    }
}

fn broken<'w>(stances: &Stances, case: &'w Case<'_>) -> BTreeSet<(&'w str, TokenLocation)> {
    let foretold = case.readings.all.iter().zip(&stances.readings).filter(|(_, stance)| **stance == Stance::Foretold);
    let failing = foretold.filter(|(reading, _)| reading.fails()).map(|(reading, _)| &reading.observation.probe);
    failing.map(|key| (key.endpoint.as_str(), key.token_location)).collect()
}

/// What only this fault accounts for of what is odd: facts that are anomalies, whatever is odd where the newest revision does not start, and
/// decisive lines.
pub(super) fn claims(weighed: &Weighed<'_>, case: &Case<'_>) -> BTreeSet<Record> {
    let mode = weighed.mode;
    let odd = case.facts.iter().filter(|fact| {
        let hinted = (case.starts_badly() || fact.is_told()) && fact.is_odd();
        // What one of two revisions tells is of what differs between them.
        let of_a_revision = mode.comes_and_goes && fact.is_told();
        let shown = mode.demands(fact) || mode.usually_shows(fact) || of_a_revision;
        fact.anomaly && mode.demands(fact) || hinted && shown
    });
    let line = weighed.log.iter().filter(|line| line.decisive);
    odd.map(|fact| Record::Fact(fact.key)).chain(line.map(|line| Record::Line(line.entry))).collect()
}

/// Failed steps that one of them foretells, then failures of any probe.
fn explained(one: &Half<'_, '_>, two: &Half<'_, '_>, case: &Case<'_>) -> (usize, usize) {
    let all: BTreeSet<u32> = one.foretold.union(&two.foretold).copied().collect();
    (all.iter().filter(|exchange| case.is_of_a_step(**exchange)).count(), all.len())
}

fn claimed(one: &Half<'_, '_>, two: &Half<'_, '_>) -> usize {
    one.claims.union(&two.claims).count()
}

fn agree(one: &Half<'_, '_>, two: &Half<'_, '_>, case: &Case<'_>) -> bool {
    let foretold = |at: &usize| [one, two].iter().any(|half| half.stances.readings[*at] == Stance::Foretold);
    // Where the edge, or what lies before it, breaks an endpoint for good tokens, what other tokens come to there is its doing too.
    let hidden_at = |at: usize| {
        let key = &case.readings.all[at].observation.probe;
        let breaks = |half: &Half<'_, '_>| {
            !half.weighed.mode.inside
                && half.stances.readings[at] != Stance::Contradicted
                && half.broken.contains(&(key.endpoint.as_str(), key.token_location))
        };
        [one, two].iter().any(|half| breaks(half))
    };
    let can_be = |at: usize| {
        let denied = [one, two].iter().any(|half| half.stances.readings[at] == Stance::Contradicted);
        let works = case.readings.all[at].observation.result == Outcome::Ok;
        !denied || (!works && (foretold(&at) || hidden_at(at)))
    };
    // What lies behind the edge meets both ways, unless the other makes the difference.
    let has_a_way = |half: &Half<'_, '_>, by: &Half<'_, '_>| half.loses_its_way.is_empty() || by.finds_the_way_of(half);
    // What one of them was to show somewhere, the other must have hidden at least once: it cannot do so by itself.
    let hidden = |half: &Half<'_, '_>, by: &Half<'_, '_>| {
        let makes = |one: &Half<'_, '_>, at: &usize| one.stances.readings[*at] == Stance::Foretold;
        let made = |at: &usize| makes(by, at) || makes(half, at);
        half.stances.unmet.iter().all(|spoken| spoken.iter().all(made) && spoken.iter().any(|at| makes(by, at)))
    };
    !(one.takes_what_is_gone || two.takes_what_is_gone)
        && has_a_way(one, two)
        && has_a_way(two, one)
        && (0..case.readings.all.len()).all(can_be)
        && hidden(one, two)
        && hidden(two, one)
        && facts_agree(one, two)
        && facts_agree(two, one)
}

/// A fact that one of them demands otherwise must be what the other has made of it.
fn facts_agree(one: &Half<'_, '_>, other: &Half<'_, '_>) -> bool {
    let made = |key: &&str| other.weighed.mode.facts.contains_key(*key) && !other.stances.facts.contains(*key);
    one.stances.facts.iter().all(|key| HIDDEN_BY_ANOTHER.contains(key) || made(key))
}
