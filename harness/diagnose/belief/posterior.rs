//! All hypotheses with their shares.

use super::evidence::{Evidence, Records};
use super::hypothesis::Hypothesis;
use super::likelihood::{Likelihood, likelihood};
use super::pairs::{PairBelief, pairs};
use crate::config::Target;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::path::effect::Patch;
use crate::diagnose::model::path::stop::Stop;
use crate::diagnose::predict::topology::Topology;
use crate::diagnose::predict::world::World;
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
        let mut evidence = Evidence::of(observations, target, user, counts, records);
        let topology = Topology::of(target).seeing(&evidence.seen());
        let mut beliefs = Self::by(&evidence, topology, catalogue);
        for _ in 0..ACCIDENTS {
            let Some(accident) = beliefs.contradiction() else { break };
            evidence.doubt(accident);
            beliefs = Self::by(&evidence, beliefs.topology, catalogue);
        }
        beliefs
    }

    fn by(evidence: &Evidence<'_>, topology: Topology, catalogue: &'c Catalogue) -> Self {
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

fn compared<'c>(evidence: &Evidence<'_>, topology: &Topology, catalogue: &'c Catalogue) -> Vec<Belief<'c>> {
    // Faults that change the same things have the same likelihood.
    let mut known: Vec<(Vec<(Stop, Patch)>, Likelihood)> = Vec::new();
    let mut belief = |hypothesis: Hypothesis<'c>| {
        let patches = hypothesis.patches();
        let found = known.iter().find(|(other, _)| *other == patches).map(|(_, found)| found.clone());
        let Likelihood { log, explains, conflict } = found.unwrap_or_else(|| {
            let found = likelihood(&mut World::new(topology, patches.clone()), evidence);
            known.push((patches, found.clone()));
            found
        });
        Belief { hypothesis, score: hypothesis.prior().ln() + log, explains, conflict }
    };
    Hypothesis::all(catalogue).map(&mut belief).collect()
}
