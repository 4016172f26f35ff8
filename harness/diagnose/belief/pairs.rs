//! Two faults at once, where no single fault explains everything.
//!
//! A cover test comes first: each firm failure must be possible under one of the two, and each success under both.

use fivewhys_path::{Evidence, Patch, Prospect, Reading, Stop, Topology, World, can_be, noise};

use super::hypothesis::{Changes, Hypothesis};
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::fault::Fault;

/// Two faults that together make every firm reading possible.
#[derive(Debug, Clone)]
pub(in crate::diagnose) struct PairBelief<'c> {
    pub(in crate::diagnose) faults: [&'c Fault; 2],
    /// The natural logarithm of prior times likelihood.
    pub(in crate::diagnose) score: f64,
    /// The exchanges of the failures that each of them can cause alone.
    pub(in crate::diagnose) explains: [Vec<u32>; 2],
}

/// What one set of changes can cause.
struct Cover {
    patches: Vec<(Stop, Patch)>,
    /// For each reading, whether it is possible.
    possible: Vec<bool>,
}

/// Returns every pair that nothing contradicts.
pub(super) fn pairs<'c>(evidence: &Evidence, topology: &Topology, catalogue: &'c Catalogue) -> Vec<PairBelief<'c>> {
    let readings: Vec<&Reading> = evidence.endpoints.iter().flatten().collect();
    let Changes { sets, of } = Changes::of(catalogue.faults.iter().map(Hypothesis::Fault));
    let covers: Vec<Cover> = sets.into_iter().map(|patches| Cover::of(patches, &readings, topology)).collect();
    let mut common = vec![0.0; covers.len()];
    catalogue.faults.iter().zip(&of).for_each(|(fault, cover)| common[*cover] += Hypothesis::Fault(fault).prior());
    let sum: f64 = common.iter().sum();
    let mut found = Vec::new();
    for (one, other) in commonest(&common, |one, other| covered([&covers[one], &covers[other]], &readings)) {
        let patches = [covers[one].patches.clone(), covers[other].patches.clone()].concat();
        let log = Prospect::new(World::new(topology, patches), evidence).likelihood().log;
        if log.is_finite() {
            found.push((one, other, log));
        }
    }
    let members =
        |cover: usize| catalogue.faults.iter().zip(&of).filter(move |(_, of)| **of == cover).map(|(fault, _)| fault);
    let mut all = Vec::new();
    for (one, other, log) in found {
        for a in members(one) {
            for b in members(other) {
                let prior = Hypothesis::Fault(a).prior() * Hypothesis::Fault(b).prior() * noise().second_fault / sum;
                let explains = [one, other].map(|cover| covers[cover].failures(&readings));
                all.push(PairBelief { faults: [a, b], score: prior.ln() + log, explains });
            }
        }
    }
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all
}

/// Pairs whose likelihood is computed: where almost everything fails, almost every pair could be the cause.
const MOST: usize = 16;

/// Returns the pairs that may be the cause, the commonest first.
fn commonest(common: &[f64], may_be: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    let all = (0..common.len()).flat_map(|one| (one + 1..common.len()).map(move |other| (one, other)));
    let mut kept: Vec<(usize, usize)> = all.filter(|(one, other)| may_be(*one, *other)).collect();
    let chance = |(one, other): &(usize, usize)| common[*one] * common[*other];
    kept.sort_by(|a, b| chance(b).total_cmp(&chance(a)));
    kept.truncate(MOST);
    kept
}

impl Cover {
    fn of(patches: Vec<(Stop, Patch)>, readings: &[&Reading], topology: &Topology) -> Self {
        let mut world = World::new(topology, patches.clone());
        let possible = readings.iter().map(|reading| can_be(&mut world, reading)).collect();
        Self { patches, possible }
    }

    fn failures(&self, readings: &[&Reading]) -> Vec<u32> {
        let caused = readings.iter().zip(&self.possible).filter(|(reading, possible)| **possible && fails(reading));
        caused.flat_map(|(reading, _)| reading.exchanges.clone()).collect()
    }
}

fn fails(reading: &Reading) -> bool {
    reading.request.must_work() && !reading.result.is_success()
}

/// Reports whether each is needed, and both together make every firm reading possible.
fn covered(both: [&Cover; 2], readings: &[&Reading]) -> bool {
    let [one, other] = both;
    let (mut one_alone, mut other_alone) = (false, false);
    for (at, reading) in readings.iter().enumerate().filter(|(_, reading)| reading.firm) {
        let (a, b) = (one.possible[at], other.possible[at]);
        if !(a || b) || (reading.result.is_success() && !(a && b)) {
            return false;
        }
        one_alone |= a && !b && fails(reading);
        other_alone |= b && !a && fails(reading);
    }
    one_alone && other_alone
}
