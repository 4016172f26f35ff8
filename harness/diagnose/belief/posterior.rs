//! All hypotheses with their shares.

use fivewhys_path::{Evidence, Likelihood, Topology};

use super::hypothesis::{Changes, Hypothesis};
use super::pairs::{PairBelief, is_any_possible, odd_failures, pairs};
use super::walked::Walked;
use crate::config::Target;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::fault::Fault;

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
pub(in crate::diagnose) struct Beliefs<'c, 't> {
    pub(in crate::diagnose) all: Vec<Belief<'c>>,
    walked: Walked<'t>,
    evidence: Evidence,
}

impl<'c> Belief<'c> {
    fn of(hypothesis: Hypothesis<'c>, found: &Likelihood) -> Self {
        let score = hypothesis.prior().ln() + found.log;
        Self { hypothesis, score, explains: found.explains.clone(), conflict: found.conflict }
    }
}

impl<'c, 't> Beliefs<'c, 't> {
    /// Compares every hypothesis with the evidence. The topology is what the operator declares of the system.
    pub(in crate::diagnose) fn of(
        evidence: Evidence,
        topology: &'t Topology,
        target: &Target,
        catalogue: &'c Catalogue,
    ) -> Self {
        let mut beliefs = Self { all: Vec::new(), walked: Walked::new(topology), evidence };
        let mut hypotheses = Hypothesis::possible(catalogue, target);
        if !beliefs.evidence.varies() {
            hypotheses.retain(|one| !one.is_at_times());
        }
        beliefs.compare(&hypotheses);
        for _ in 0..ACCIDENTS {
            let Some(accident) = beliefs.contradiction(&hypotheses) else { break };
            beliefs.evidence.doubt(accident);
            beliefs.walked.forget_the_evidence();
            beliefs.compare(&hypotheses);
        }
        beliefs
    }

    /// Returns the likeliest pairs of the faults that may be, the likeliest first.
    pub(in crate::diagnose) fn pairs(&mut self, faults: &[&'c Fault]) -> Vec<PairBelief<'c>> {
        pairs(&self.evidence, &mut self.walked, faults)
    }

    /// Returns the exchanges of the failures that this fault alone would rarely cause.
    pub(in crate::diagnose) fn odd_failures(&mut self, fault: &Fault) -> Vec<u32> {
        odd_failures(fault, &self.evidence, &mut self.walked)
    }

    fn compare(&mut self, hypotheses: &[Hypothesis<'c>]) {
        self.all = compared(&self.evidence, &mut self.walked, hypotheses);
        self.all.sort_by(|a, b| b.score.total_cmp(&a.score));
    }

    /// Returns the exchange that contradicts most hypotheses, if every hypothesis and every pair is contradicted.
    fn contradiction(&mut self, hypotheses: &[Hypothesis<'c>]) -> Option<u32> {
        let conflicts: Vec<u32> = self.all.iter().map(|one| one.conflict).collect::<Option<_>>()?;
        let fault = |one: &Hypothesis<'c>| match one {
            Hypothesis::Fault(fault) => Some(*fault),
            Hypothesis::Healthy | Hypothesis::AtTimes(_) | Hypothesis::Unknown(..) => None,
        };
        let every: Vec<&Fault> = hypotheses.iter().filter_map(fault).collect();
        let count = |exchange: u32| conflicts.iter().filter(|one| **one == exchange).count();
        let most = conflicts.iter().copied().max_by_key(|exchange| count(*exchange));
        most.filter(|_| !is_any_possible(&self.evidence, &mut self.walked, &every))
    }
}

/// Readings that may be accidents where no hypothesis explains them.
const ACCIDENTS: usize = 2;

/// A hypothesis this far behind the best is hopeless, as a logarithm.
pub(in crate::diagnose) const HOPELESS: f64 = 16.0;

/// Compares every hypothesis with the evidence, in the order of the catalogue.
fn compared<'c>(evidence: &Evidence, walked: &mut Walked<'_>, hypotheses: &[Hypothesis<'c>]) -> Vec<Belief<'c>> {
    let Changes { sets, of } = Changes::of(hypotheses.iter().copied());
    let found: Vec<Likelihood> = sets.iter().map(|patches| walked.likelihood(patches, evidence)).collect();
    let each = hypotheses.iter().zip(&of).map(|(one, at)| Belief::of(*one, &found[*at]));
    let (at_times, mut all): (Vec<_>, Vec<_>) = each.partition(|one| matches!(one.hypothesis, Hypothesis::AtTimes(_)));
    at_times.into_iter().for_each(|one| add_to_its_fault(one, &mut all));
    all
}

/// A fault that comes and goes is the same fault: both add up.
fn add_to_its_fault<'c>(at_times: Belief<'c>, all: &mut [Belief<'c>]) {
    let Hypothesis::AtTimes(fault) = at_times.hypothesis else { return };
    let is_it = |one: &&mut Belief<'c>| matches!(one.hypothesis, Hypothesis::Fault(of) if of.id == fault.id);
    let Some(own) = all.iter_mut().find(is_it).filter(|_| at_times.score.is_finite()) else { return };
    let (less, more) = (own.score.min(at_times.score), own.score.max(at_times.score));
    if at_times.score > own.score {
        *own = Belief { hypothesis: own.hypothesis, ..at_times };
    }
    own.score = more + (less - more).exp().ln_1p();
}
