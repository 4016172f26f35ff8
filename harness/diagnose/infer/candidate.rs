//! One fault compared with one case: what contradicts it, what it explains, and how well it fits.

use std::collections::BTreeSet;

use crate::diagnose::infer::agreement::predicts;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::{Conflict, Record, conflict};
use crate::diagnose::infer::likelihood::{HINT, Likelihood, NOISE, likelihood};
use crate::diagnose::logs::attribution::LogMatch;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::evidence_rule::ProofRule;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::model::fault::{Fault, WhyRule};
use crate::diagnose::model::fault_mode::Mode;

/// A fault, compared with a case.
#[derive(Debug, Clone)]
pub(crate) struct Weighed<'a> {
    pub(crate) fault: &'a Fault,
    pub(crate) mode: &'a Mode,
    /// What contradicts it. `None`: it is a candidate, if it explains anything.
    pub(crate) conflict: Option<Conflict>,
    /// The failing exchanges that it predicts.
    pub(crate) explains: BTreeSet<u32>,
    /// The log line that matches it, if any.
    pub(crate) log: Option<LogMatch>,
    /// Logarithm of the prior and the hints.
    pub(crate) base: f64,
    pub(crate) likelihood: Likelihood,
    /// Logarithm of prior times likelihood.
    pub(crate) score: f64,
}

impl Weighed<'_> {
    /// Returns how common it is, as a logarithm.
    pub(crate) fn prior(&self) -> f64 {
        prior(self.fault, self.mode)
    }

    /// Returns the weight of hints alone, as a logarithm.
    pub(crate) fn hints(&self) -> f64 {
        self.base - self.prior() + self.likelihood.facts() + self.likelihood.hints()
    }

    /// Reports whether a log line matches it that belongs to the failing probes.
    pub(crate) fn has_its_line(&self) -> bool {
        self.log.as_ref().is_some_and(|line| line.is_ours)
    }

    pub(crate) fn is_candidate(&self) -> bool {
        self.conflict.is_none() && !self.explains.is_empty()
    }
}

/// The whole catalogue, compared with one case.
#[derive(Debug)]
pub(crate) struct Weighing<'a> {
    /// Every fault in its best mode. Records of other faults contradict it.
    pub(crate) best: Vec<Weighed<'a>>,
    /// Every fault in each of its modes, independent of other faults.
    pub(crate) modes: Vec<Weighed<'a>>,
}

/// Compares every fault with the case.
///
/// Anomalies and decisive lines contradict every fault that does not predict them. If probes contradict all faults that
/// predict one, it contradicts nothing.
pub(crate) fn weigh<'a>(case: &Case<'_>, catalogue: &'a Catalogue) -> Weighing<'a> {
    let modes: Vec<Vec<Weighed<'a>>> = catalogue.faults.iter().map(|fault| by_mode(fault, case)).collect();
    let mut best: Vec<Weighed<'a>> = modes.iter().filter_map(|modes| best_mode(modes).cloned()).collect();
    let claims = claims(case, &best);
    for one in &mut best {
        let foreign: Vec<&Claim> = claims.iter().filter(|claim| claim.contradicts(one, case)).collect();
        one.score += NOISE.ln() * foreign.len() as f64;
        one.conflict = one.conflict.or_else(|| foreign.first().map(|claim| Conflict::Record(claim.record)));
    }
    Weighing { best, modes: modes.into_iter().flatten().collect() }
}

/// A record that only some faults predict.
struct Claim {
    by: Vec<String>,
    record: Record,
}

impl Claim {
    /// Reports whether the record contradicts a fault.
    ///
    /// A line does not contradict a fault that explains an anomaly: slow starts and other traffic leave lines too. A
    /// fact does not contradict a fault with a line of its own: a value in a manifest may have no effect.
    fn contradicts(&self, one: &Weighed<'_>, case: &Case<'_>) -> bool {
        let odd = || case.facts.iter().any(|fact| fact.anomaly && one.mode.demands(fact));
        let in_words = || one.log.as_ref().is_some_and(LogMatch::is_of_the_failure);
        let excused = match self.record {
            Record::Line(_) => odd(),
            Record::Fact(_) => in_words(),
        };
        !(excused || self.by.contains(&one.fault.id))
    }
}

/// Reports whether the fact counts as a record of this fault: where the fault also needs a log line, the line must be
/// there. Without a log, no line is needed.
fn counts(fact: &Fact, one: &Weighed<'_>, case: &Case<'_>) -> bool {
    let of_this = |rule: &&WhyRule| matches!(&rule.proof, ProofRule::Fact(key, _) if *key == fact.key);
    let asks = one.fault.whys.iter().filter(of_this).any(|rule| rule.beside_a_line);
    !asks || !case.log_was_read || one.has_its_line()
}

fn claims(case: &Case<'_>, weighed: &[Weighed<'_>]) -> Vec<Claim> {
    let candidates = || weighed.iter().filter(|one| one.is_candidate());
    let anomalies = case.facts.iter().filter(|fact| fact.anomaly).map(|fact| Claim {
        by: candidates()
            .filter(|one| one.mode.demands(fact) && counts(fact, one, case))
            .map(|one| one.fault.id.clone())
            .collect(),
        record: Record::Fact(fact.key),
    });
    let lines = candidates().filter_map(|one| {
        let line = one.log.as_ref().filter(|line| line.decisive)?;
        let by = candidates().filter(|other| other.log.as_ref().is_some_and(|log| log.entry == line.entry));
        let by = by.map(|other| other.fault.id.clone()).collect();
        Some(Claim { by, record: Record::Line(line.entry) })
    });
    anomalies.chain(lines).filter(|claim| !claim.by.is_empty()).collect()
}

fn best_mode<'w, 'a>(modes: &'w [Weighed<'a>]) -> Option<&'w Weighed<'a>> {
    modes.iter().max_by(|a, b| {
        (a.is_candidate(), a.score).partial_cmp(&(b.is_candidate(), b.score)).unwrap_or(std::cmp::Ordering::Equal)
    })
}

/// Returns the prior of a mode as a logarithm. A mode may be rarer than its fault.
fn prior(fault: &Fault, mode: &Mode) -> f64 {
    mode.prior.unwrap_or(fault.prior).weight().ln()
}

/// Compares a fault with the case, in each of its modes.
fn by_mode<'a>(fault: &'a Fault, case: &Case<'_>) -> Vec<Weighed<'a>> {
    let log = best_line(fault, case);
    let hints = f64::from(u8::from(log.is_some())) + f64::from(u8::from(signature_seen(fault, case)));
    let weighed = |mode: &'a Mode| {
        let explains =
            case.to_explain().filter(|reading| predicts(mode, reading)).flat_map(|reading| reading.exchanges.clone());
        let likelihood = likelihood(mode, case);
        let base = prior(fault, mode) + hints * HINT.ln();
        Weighed {
            fault,
            mode,
            conflict: conflict(mode, case),
            explains: explains.collect(),
            log: log.clone(),
            score: base + likelihood.total(),
            base,
            likelihood,
        }
    };
    fault.mode.iter().map(weighed).collect()
}

fn best_line(fault: &Fault, case: &Case<'_>) -> Option<LogMatch> {
    let lines: Vec<_> = fault.log.iter().filter_map(|rule| case.logbook.find(rule)).collect();
    let best = lines.iter().find(|line| line.decisive).or_else(|| lines.iter().find(|line| line.is_ours));
    best.or(lines.first()).cloned()
}

fn signature_seen(fault: &Fault, case: &Case<'_>) -> bool {
    case.readings
        .failing()
        .any(|reading| reading.observation.signatures.iter().any(|seen| fault.signatures.contains(seen)))
}
