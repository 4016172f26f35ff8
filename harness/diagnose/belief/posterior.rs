//! All hypotheses with their shares.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use fivewhys_path::{Evidence, Likelihood, Prospect, Topology, World};

use super::declared;
use super::evidence::{Records, evidence};
use super::hypothesis::{Changes, Hypothesis};
use super::pairs::{PairBelief, pairs};
use crate::config::Target;
use crate::diagnose::model::catalogue::Catalogue;
use crate::observe::Observation;
use crate::probe::ProbeKey;

/// One hypothesis, compared with the readings.
#[derive(Debug, Clone)]
pub(in crate::diagnose) struct Belief<'c> {
    pub(in crate::diagnose) hypothesis: Hypothesis<'c>,
    /// The natural logarithm of prior times likelihood. Negative infinity: impossible.
    pub(in crate::diagnose) score: f64,
    /// The exchanges of failures that it predicts.
    pub(in crate::diagnose) explains: Vec<u32>,
    /// The exchange that contradicts it.
    pub(in crate::diagnose) conflict: Option<u32>,
}

/// Every hypothesis, the likeliest first.
#[derive(Debug)]
pub(in crate::diagnose) struct Beliefs<'c> {
    pub(in crate::diagnose) all: Vec<Belief<'c>>,
    /// Pairs, the likeliest first. Empty where a single fault of the catalogue explains everything about as well as the
    /// best hypothesis.
    pub(in crate::diagnose) pairs: Vec<PairBelief<'c>>,
    /// What the operator declares of the system.
    pub(in crate::diagnose) topology: Topology,
}

impl<'c> Belief<'c> {
    fn of(hypothesis: Hypothesis<'c>, found: &Likelihood) -> Self {
        let score = hypothesis.prior().ln() + found.log;
        Self { hypothesis, score, explains: found.explains.clone(), conflict: found.conflict }
    }
}

impl<'c> Beliefs<'c> {
    /// Compares every hypothesis with the observations. `counts` says which probes are evidence.
    pub(in crate::diagnose) fn of(
        observations: &[&Observation],
        target: &Target,
        user: &str,
        counts: &dyn Fn(&ProbeKey) -> bool,
        records: &Records,
        catalogue: &'c Catalogue,
    ) -> Self {
        let mut evidence = evidence(observations, target, user, counts, records);
        let topology = declared::topology(target).seeing(&evidence.seen());
        let mut beliefs = Self::by(&evidence, topology, catalogue);
        for _ in 0..ACCIDENTS {
            let Some(accident) = beliefs.contradiction() else { break };
            evidence.doubt(accident);
            beliefs = Self::by(&evidence, beliefs.topology, catalogue);
        }
        beliefs
    }

    fn by(evidence: &Evidence, topology: Topology, catalogue: &'c Catalogue) -> Self {
        let mut all = compared(evidence, &topology, catalogue);
        all.sort_by(|a, b| b.score.total_cmp(&a.score));
        let pairs = if is_by_a_fault(&all) { Vec::new() } else { pairs(evidence, &topology, catalogue) };
        Self { all, pairs, topology }
    }

    /// Returns the exchange that contradicts most hypotheses, if every hypothesis and every pair is contradicted.
    fn contradiction(&self) -> Option<u32> {
        let conflicts: Option<Vec<u32>> = self.all.iter().map(|one| one.conflict).collect();
        let conflicts = conflicts.filter(|_| self.pairs.is_empty())?;
        let count = |exchange: u32| conflicts.iter().filter(|one| **one == exchange).count();
        conflicts.iter().copied().max_by_key(|exchange| count(*exchange))
    }
}

/// How far a fault may be behind the best hypothesis and still explain everything as well, as a logarithm.
const AS_WELL: f64 = 1.5;

/// Reports whether a single fault of the catalogue explains everything.
fn is_by_a_fault(sorted: &[Belief<'_>]) -> bool {
    let Some(best) = sorted.first() else { return false };
    let is_near = |one: &&Belief<'_>| one.score.is_finite() && best.score - one.score < AS_WELL;
    sorted.iter().take_while(is_near).any(|one| matches!(one.hypothesis, Hypothesis::Fault(_)))
}

/// Readings that may be accidents where no hypothesis explains them.
const ACCIDENTS: usize = 2;

/// A hypothesis this far behind the best is hopeless, as a logarithm: its likelihood is not summed.
pub(in crate::diagnose) const HOPELESS: f64 = 16.0;

/// Compares every hypothesis with the evidence, in the order of the catalogue.
fn compared<'c>(evidence: &Evidence, topology: &Topology, catalogue: &'c Catalogue) -> Vec<Belief<'c>> {
    let Changes { sets, of } = Changes::of(Hypothesis::all(catalogue));
    let mut priors = vec![f64::NEG_INFINITY; sets.len()];
    Hypothesis::all(catalogue).zip(&of).for_each(|(one, at)| priors[*at] = priors[*at].max(one.prior().ln()));
    let rival = |(place, (patches, prior))| Rival {
        prospect: Prospect::new(World::new(topology, patches), evidence),
        prior,
        place,
    };
    let mut found = vec![None; sets.len()];
    let mut rivals: BinaryHeap<Rival<'_, '_>> = sets.into_iter().zip(priors).enumerate().map(rival).collect();
    let mut best = f64::NEG_INFINITY;
    // The rival that may be the best comes first, and is looked at more closely until another may be better.
    while let Some(mut first) = rivals.pop() {
        let is_hopeless = first.score().is_finite() && first.score() < best - HOPELESS;
        if !is_hopeless && first.prospect.look_closer() {
            rivals.push(first);
            continue;
        }
        let Rival { prospect, prior, place } = first;
        let likelihood = if is_hopeless { prospect.at_most() } else { prospect.likelihood() };
        best = best.max(likelihood.log + prior);
        found[place] = Some(likelihood);
    }
    let belief = |(one, at): (_, &usize)| Belief::of(one, found[*at].as_ref().expect("every rival leaves the race"));
    Hypothesis::all(catalogue).zip(&of).map(belief).collect()
}

/// A set of changes in the race for the best score.
struct Rival<'t, 'e> {
    prospect: Prospect<'t, 'e>,
    /// The largest prior of its hypotheses, as a logarithm.
    prior: f64,
    /// Its place among the sets.
    place: usize,
}

impl Rival<'_, '_> {
    /// Returns the score that it does not exceed.
    fn score(&self) -> f64 {
        self.prospect.bound + self.prior
    }
}

impl Ord for Rival<'_, '_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score().total_cmp(&other.score())
    }
}

impl PartialOrd for Rival<'_, '_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rival<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rival<'_, '_> {}
