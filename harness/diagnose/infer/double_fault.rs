//! Two faults at once: pairs that together explain what no single fault explains.
//!
//! A failure needs a prediction of one fault. A success must be allowed by both. The fault that a request meets first
//! masks the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::facts::auth_calls;
use crate::diagnose::infer::agreement::{blames_the_edge_for_an_unread_header, edge_difference_is_allowed};
use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::Record;
use crate::diagnose::infer::coverage::{Coverage, Predicted};
use crate::diagnose::infer::likelihood::together;
use crate::diagnose::logs::window::Window;
use crate::observe::Outcome;
use crate::terms::TokenLocation;

/// Facts about calls of the backend during the probes. A second fault nearer to the client can prevent these calls.
pub(crate) const HIDDEN_BY_ANOTHER: [&str; 5] =
    [auth_calls::KEY, "backend-contact", "unheard-call", "auth.at-work", "token-judged"];

/// Two faults that can be present together.
#[derive(Debug)]
pub(crate) struct Pair<'w, 'a> {
    pub(crate) faults: [PairFault<'w, 'a>; 2],
    /// The exchanges that one of them predicts.
    pub(crate) explains: BTreeSet<u32>,
    /// The number of anomalies and decisive lines that one of them explains.
    pub(crate) findings: usize,
    /// Logarithm of prior times likelihood of both.
    pub(crate) score: f64,
}

/// One fault of a pair.
#[derive(Debug)]
pub(crate) struct PairFault<'w, 'a> {
    pub(crate) candidate: &'w Candidate<'a>,
    /// The failures that it predicts.
    pub(crate) explains: BTreeSet<u32>,
    /// Whether it predicts a failure that the other fault does not.
    pub(crate) is_needed: bool,
}

/// One mode of a fault, with what it says about the whole case.
struct PairMember<'w, 'a> {
    candidate: &'w Candidate<'a>,
    coverage: Coverage,
    predicted: BTreeSet<u32>,
    /// Readings through the edge that differ from the same call directly at the backend. For a fault behind the edge,
    /// another component must have produced them.
    differs_at_the_edge: Vec<usize>,
    /// Whether it says that the edge removes the token from the header, although the backend itself does not read it
    /// either.
    blames_the_edge_for_an_unread_header: bool,
    /// Whether it predicts the failure of the call for which the backend did not ask the auth service, although it
    /// asked for a later one.
    fails_what_is_passed_over: bool,
    /// The endpoints and token locations at which it predicts that a valid token fails.
    broken: BTreeSet<(&'w str, TokenLocation)>,
    /// The anomalies and decisive lines that it explains.
    findings: BTreeSet<Record>,
}

/// Returns the pairs that nothing contradicts and that explain the most, best first.
pub(crate) fn pairs<'w, 'a>(case: &'w Case<'_>, modes: &'w [Candidate<'a>]) -> Vec<Pair<'w, 'a>> {
    let members: Vec<PairMember<'w, 'a>> = modes.iter().filter_map(|one| PairMember::of(one, case)).collect();
    let couples = members.iter().enumerate().flat_map(|(at, one)| members[at + 1..].iter().map(move |two| (one, two)));
    let possible: Vec<(&PairMember<'_, '_>, &PairMember<'_, '_>)> = couples
        .filter(|(one, two)| one.candidate.fault.id != two.candidate.fault.id)
        .filter(|(one, two)| one.adds_to(two) && two.adds_to(one))
        .filter(|(one, two)| agree(one, two, case))
        .collect();
    let worth =
        |(one, two): &(&PairMember<'_, '_>, &PairMember<'_, '_>)| (explained(one, two, case), all_findings(one, two));
    let most = possible.iter().map(worth).max();
    let mut best: BTreeMap<(&str, &str), Pair<'w, 'a>> = BTreeMap::new();
    for couple in possible.iter().filter(|couple| Some(worth(couple)) == most) {
        let pair = couple.0.with(couple.1, case);
        let key = (couple.0.candidate.fault.id.as_str(), couple.1.candidate.fault.id.as_str());
        if best.get(&key).is_none_or(|known| known.score < pair.score) {
            best.insert(key, pair);
        }
    }
    let mut pairs: Vec<_> = best.into_values().collect();
    pairs.sort_by(|a, b| b.score.total_cmp(&a.score));
    pairs
}

/// Reports whether both faults can be present together.
pub(crate) fn can_be_together(one: &Candidate<'_>, other: &Candidate<'_>, case: &Case<'_>) -> bool {
    let possible = [one, other].iter().all(|one| one.mode.is_possible_in(case.target));
    possible && agree(&PairMember::whole(one, case), &PairMember::whole(other, case), case)
}

impl<'w, 'a> PairMember<'w, 'a> {
    /// Returns `None` for a mode that is impossible or explains nothing.
    fn of(candidate: &'w Candidate<'a>, case: &'w Case<'_>) -> Option<Self> {
        let member = Self::whole(candidate, case);
        let explains = !(member.predicted.is_empty() && member.findings.is_empty());
        (candidate.mode.is_possible_in(case.target) && explains).then_some(member)
    }

    fn whole(candidate: &'w Candidate<'a>, case: &'w Case<'_>) -> Self {
        let coverage = Coverage::of(candidate.mode, case);
        let predicted = coverage.predicted(case);
        let broken = broken(&coverage, case);
        let firm = case.readings.all.iter().filter(|reading| reading.is_firm());
        let lost = firm.filter(|reading| !edge_difference_is_allowed(candidate.mode, reading));
        let differs_at_the_edge = lost.filter_map(|reading| case.readings.made_before(reading)).collect();
        let findings = abnormal_findings(candidate, case);
        let passed_over = case.fact(auth_calls::KEY).is_some_and(|fact| fact.value == auth_calls::PASSED_OVER);
        let first = || case.logbook.first_to_come_through().map(Window::exchange);
        let fails_what_is_passed_over = passed_over && first().is_some_and(|exchange| predicted.contains(&exchange));
        let blames_the_edge_for_an_unread_header = blames_the_edge_for_an_unread_header(candidate.mode, case);
        Self {
            blames_the_edge_for_an_unread_header,
            fails_what_is_passed_over,
            candidate,
            coverage,
            differs_at_the_edge,
            predicted,
            broken,
            findings,
        }
    }

    fn adds_to(&self, other: &Self) -> bool {
        self.is_needed_beside(other) || !self.findings.is_subset(&other.findings)
    }

    /// Reports whether it explains something that the other does not: a failure that the other does not predict or rules
    /// out, or a difference between calls through the edge and calls directly at the backend.
    fn is_needed_beside(&self, other: &Self) -> bool {
        let mut both = self.coverage.readings.iter().zip(&other.coverage.readings);
        !self.predicted.is_subset(&other.predicted)
            || both.any(|both| both == (&Predicted::This, &Predicted::Otherwise))
            || self.explains_the_edge_for(other)
            || self.masks_the_call_of(other)
    }

    /// Reports whether it explains why the backend made no validation call, although the other predicts one.
    fn masks_the_call_of(&self, other: &Self) -> bool {
        let fits = |member: &Self| !member.coverage.facts.contains(auth_calls::KEY);
        self.fails_what_is_passed_over && fits(self) && !fits(other)
    }

    /// Reports whether it lies before the backend and predicts a reading that a fault behind the edge cannot explain.
    fn explains_the_edge_for(&self, other: &Self) -> bool {
        let predicted = |at: &usize| self.coverage.readings[*at] == Predicted::This;
        !self.candidate.mode.inside && other.differs_at_the_edge.iter().any(predicted)
    }

    fn with(&self, other: &Self, case: &Case<'_>) -> Pair<'w, 'a> {
        let fault = |one: &Self, other: &Self| PairFault {
            candidate: one.candidate,
            explains: one.predicted.clone(),
            is_needed: one.is_needed_beside(other),
        };
        Pair {
            faults: [fault(self, other), fault(other, self)],
            explains: [&self.predicted, &other.predicted, &self.candidate.explains, &other.candidate.explains]
                .into_iter()
                .flatten()
                .copied()
                .collect(),
            findings: all_findings(self, other),
            score: together(self.candidate, other.candidate, case),
        }
    }
}

fn broken<'w>(coverage: &Coverage, case: &'w Case<'_>) -> BTreeSet<(&'w str, TokenLocation)> {
    let predicted = case.readings.all.iter().zip(&coverage.readings).filter(|(_, one)| **one == Predicted::This);
    let failing = predicted.filter(|(reading, _)| reading.fails()).map(|(reading, _)| &reading.observation.probe);
    failing.map(|key| (key.endpoint.as_str(), key.token_location)).collect()
}

/// Returns what this fault explains: anomalies, decisive lines and, where they count, unusual facts.
pub(crate) fn abnormal_findings(candidate: &Candidate<'_>, case: &Case<'_>) -> BTreeSet<Record> {
    let mode = candidate.mode;
    let odd = case.facts.iter().filter(|fact| {
        let hinted = (case.starts_badly() || fact.is_told()) && fact.is_odd();
        // With two revisions, a record of one revision may only show how they differ.
        let of_a_revision = mode.comes_and_goes && fact.is_told();
        let shown = mode.demands(fact) || mode.usually_shows(fact) || of_a_revision;
        fact.anomaly && mode.demands(fact) || hinted && shown
    });
    let line = candidate.log.iter().filter(|line| line.decisive);
    odd.map(|fact| Record::Fact(fact.key)).chain(line.map(|line| Record::Line(line.entry))).collect()
}

/// Returns how many failed steps one of them predicts, and how many failures of any probe.
fn explained(one: &PairMember<'_, '_>, two: &PairMember<'_, '_>, case: &Case<'_>) -> (usize, usize) {
    let all: BTreeSet<u32> = one.predicted.union(&two.predicted).copied().collect();
    (all.iter().filter(|exchange| case.is_of_a_step(**exchange)).count(), all.len())
}

fn all_findings(one: &PairMember<'_, '_>, two: &PairMember<'_, '_>) -> usize {
    one.findings.union(&two.findings).count()
}

fn agree(one: &PairMember<'_, '_>, two: &PairMember<'_, '_>, case: &Case<'_>) -> bool {
    let predicted = |at: &usize| [one, two].iter().any(|member| member.coverage.readings[*at] == Predicted::This);
    // A fault before the backend that breaks an endpoint for valid tokens can also change the response to other tokens
    // there.
    let hidden_at = |at: usize| {
        let key = &case.readings.all[at].observation.probe;
        let breaks = |member: &PairMember<'_, '_>| {
            !member.candidate.mode.inside
                && member.coverage.readings[at] != Predicted::Otherwise
                && member.broken.contains(&(key.endpoint.as_str(), key.token_location))
        };
        [one, two].iter().any(|member| breaks(member))
    };
    let can_be = |at: usize| {
        let denied = [one, two].iter().any(|member| member.coverage.readings[at] == Predicted::Otherwise);
        let works = case.readings.all[at].observation.result == Outcome::Ok;
        !denied || (!works && (predicted(&at) || hidden_at(at)))
    };
    // A fault behind the edge affects calls through the edge and directly at the backend, unless the other explains the
    // difference.
    let has_a_way = |member: &PairMember<'_, '_>, by: &PairMember<'_, '_>| {
        member.differs_at_the_edge.is_empty() || by.explains_the_edge_for(member)
    };
    // If one must show at least once and did not, the other must have masked it at least once.
    let hidden = |member: &PairMember<'_, '_>, by: &PairMember<'_, '_>| {
        let makes = |one: &PairMember<'_, '_>, at: &usize| one.coverage.readings[*at] == Predicted::This;
        let made = |at: &usize| makes(by, at) || makes(member, at);
        member.coverage.unmet.iter().all(|spoken| spoken.iter().all(made) && spoken.iter().any(|at| makes(by, at)))
    };
    !(one.blames_the_edge_for_an_unread_header || two.blames_the_edge_for_an_unread_header)
        && has_a_way(one, two)
        && has_a_way(two, one)
        && (0..case.readings.all.len()).all(can_be)
        && hidden(one, two)
        && hidden(two, one)
        && facts_agree(one, two)
        && facts_agree(two, one)
}

/// Reports whether the other fault explains every fact that this one demands differently.
fn facts_agree(one: &PairMember<'_, '_>, other: &PairMember<'_, '_>) -> bool {
    let made = |key: &&str| other.candidate.mode.facts.contains_key(*key) && !other.coverage.facts.contains(*key);
    one.coverage.facts.iter().all(|key| HIDDEN_BY_ANOTHER.contains(key) || made(key))
}
