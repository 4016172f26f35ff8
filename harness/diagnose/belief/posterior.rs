//! All hypotheses with their shares.

use fivewhys_path::{Evidence, Likelihood, Topology};

use super::declared;
use super::evidence::{Records, evidence};
use super::hypothesis::{Changes, Hypothesis};
use super::pairs::{PairBelief, odd_failures, pairs};
use super::race::race;
use crate::config::Target;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::fault::Fault;
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
    /// What the operator declares of the system.
    pub(in crate::diagnose) topology: Topology,
    evidence: Evidence,
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
        let evidence = evidence(observations, target, user, counts, records);
        let topology = declared::topology(target).seeing(&evidence.seen()).with_a_checking_edge(evidence.edge_checks());
        let mut beliefs = Self { all: Vec::new(), topology, evidence };
        let hypotheses = Hypothesis::possible(catalogue, target);
        beliefs.compare(&hypotheses);
        for _ in 0..ACCIDENTS {
            let Some(accident) = beliefs.contradiction(&hypotheses) else { break };
            beliefs.evidence.doubt(accident);
            beliefs.compare(&hypotheses);
        }
        beliefs
    }

    /// Returns the likeliest pairs of the faults that may be, the likeliest first.
    pub(in crate::diagnose) fn pairs(&self, faults: &[&'c Fault]) -> Vec<PairBelief<'c>> {
        pairs(&self.evidence, &self.topology, faults)
    }

    /// Returns the exchanges of the failures that this fault alone would rarely cause.
    pub(in crate::diagnose) fn odd_failures(&self, fault: &Fault) -> Vec<u32> {
        odd_failures(fault, &self.evidence, &self.topology)
    }

    fn compare(&mut self, hypotheses: &[Hypothesis<'c>]) {
        self.all = compared(&self.evidence, &self.topology, hypotheses);
        self.all.sort_by(|a, b| b.score.total_cmp(&a.score));
    }

    /// Returns the exchange that contradicts most hypotheses, if every hypothesis and every pair is contradicted.
    fn contradiction(&self, hypotheses: &[Hypothesis<'c>]) -> Option<u32> {
        let conflicts: Vec<u32> = self.all.iter().map(|one| one.conflict).collect::<Option<_>>()?;
        let fault = |one: &Hypothesis<'c>| match one {
            Hypothesis::Fault(fault) => Some(*fault),
            Hypothesis::Healthy | Hypothesis::Unknown(_) => None,
        };
        let every: Vec<&Fault> = hypotheses.iter().filter_map(fault).collect();
        let count = |exchange: u32| conflicts.iter().filter(|one| **one == exchange).count();
        let most = conflicts.iter().copied().max_by_key(|exchange| count(*exchange));
        most.filter(|_| self.pairs(&every).is_empty())
    }
}

/// Readings that may be accidents where no hypothesis explains them.
const ACCIDENTS: usize = 2;

/// Compares every hypothesis with the evidence, in the order of the catalogue.
fn compared<'c>(evidence: &Evidence, topology: &Topology, hypotheses: &[Hypothesis<'c>]) -> Vec<Belief<'c>> {
    let Changes { sets, of } = Changes::of(hypotheses.iter().copied());
    let mut priors = vec![f64::NEG_INFINITY; sets.len()];
    hypotheses.iter().zip(&of).for_each(|(one, at)| priors[*at] = priors[*at].max(one.prior().ln()));
    let found = race(sets.into_iter().zip(priors), topology, evidence);
    hypotheses.iter().zip(&of).map(|(one, at)| Belief::of(*one, &found[*at])).collect()
}
