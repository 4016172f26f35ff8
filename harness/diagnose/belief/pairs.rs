//! Two faults at once, where no single fault explains everything.
//!
//! A rough bound comes first: each failure as likely as under the better of the two, each success as under the worse. Only
//! the pairs with the best bounds are walked.

use fivewhys_path::{Evidence, Patch, Reading, Stop, noise};

use super::hypothesis::{Changes, Hypothesis};
use super::posterior::HOPELESS;
use super::walked::Walked;
use crate::diagnose::model::fault::Fault;

/// Two faults that together make every firm reading possible.
#[derive(Debug, Clone)]
pub(in crate::diagnose) struct PairBelief<'c> {
    pub(in crate::diagnose) faults: [&'c Fault; 2],
    /// The natural logarithm of prior times likelihood.
    pub(in crate::diagnose) score: f64,
    /// The exchanges of the failures that each of them may cause. Both may cause a failure equally well.
    pub(in crate::diagnose) explains: [Vec<u32>; 2],
}

/// One set of changes by itself.
struct Half {
    patches: Vec<(Stop, Patch)>,
    /// The prior of its faults together.
    common: f64,
    /// How likely it makes each reading at best, as a logarithm.
    fits: Vec<f64>,
}

/// A failure that a fault makes rarer than this, as a logarithm, may have another cause.
const ODD: f64 = -4.0;

/// Returns the exchanges of the failures that a fault makes odd, in the setting of the traits that suits each failure
/// best.
pub(super) fn odd_failures(fault: &Fault, evidence: &Evidence, walked: &mut Walked<'_>) -> Vec<u32> {
    let failures: Vec<&Reading> = evidence.endpoints.iter().flatten().filter(|reading| fails(reading)).collect();
    let fits = walked.at_best(&Hypothesis::Fault(fault).patches(), &failures);
    let odd = failures.iter().zip(fits).filter(|(_, fit)| *fit < ODD);
    odd.flat_map(|(reading, _)| reading.exchanges.iter().copied()).collect()
}

/// Pairs that are walked.
const WALKED: usize = 24;

/// Reports whether two of these faults together make every firm reading possible.
pub(super) fn is_any_possible(evidence: &Evidence, walked: &mut Walked<'_>, faults: &[&Fault]) -> bool {
    let readings: Vec<&Reading> = evidence.endpoints.iter().flatten().collect();
    let halves = Halves::of(faults, &readings, walked);
    let mut best = best_pairs(&halves.all, &readings).into_iter();
    best.any(|pair| walked.likelihood_of_both(halves.patches(pair), evidence).log.is_finite())
}

/// Returns the likeliest pairs of these faults, the likeliest first.
pub(super) fn pairs<'c>(evidence: &Evidence, walked: &mut Walked<'_>, faults: &[&'c Fault]) -> Vec<PairBelief<'c>> {
    let readings: Vec<&Reading> = evidence.endpoints.iter().flatten().collect();
    let halves = Halves::of(faults, &readings, walked);
    let sum: f64 = halves.all.iter().map(|one| one.common).sum();
    let mut all = Vec::new();
    for (one, other) in best_pairs(&halves.all, &readings) {
        let found = walked.likelihood_of_both(halves.patches((one, other)), evidence);
        if !found.log.is_finite() {
            continue;
        }
        let explains = explained([&halves.all[one], &halves.all[other]], &readings);
        for a in halves.members(one, faults) {
            for b in halves.members(other, faults) {
                let prior = Hypothesis::Fault(a).prior() * Hypothesis::Fault(b).prior() * noise().second_fault / sum;
                all.push(PairBelief { faults: [a, b], score: prior.ln() + found.log, explains: explains.clone() });
            }
        }
    }
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all
}

/// The sets of changes of some faults.
struct Halves {
    all: Vec<Half>,
    /// The place of each fault's set.
    of: Vec<usize>,
}

impl Halves {
    fn of(faults: &[&Fault], readings: &[&Reading], walked: &mut Walked<'_>) -> Self {
        let Changes { sets, of } = Changes::of(faults.iter().map(|fault| Hypothesis::Fault(fault)));
        let half =
            |patches: Vec<(Stop, Patch)>| Half { fits: walked.at_best(&patches, readings), common: 0.0, patches };
        let mut all: Vec<Half> = sets.into_iter().map(half).collect();
        faults.iter().zip(&of).for_each(|(fault, at)| all[*at].common += Hypothesis::Fault(fault).prior());
        Self { all, of }
    }

    fn patches(&self, (one, other): (usize, usize)) -> Vec<(Stop, Patch)> {
        [self.all[one].patches.clone(), self.all[other].patches.clone()].concat()
    }

    /// Returns the faults that change the same things.
    fn members<'f, 'c>(&'f self, half: usize, faults: &'f [&'c Fault]) -> impl Iterator<Item = &'c Fault> + 'f {
        faults.iter().zip(&self.of).filter(move |(_, at)| **at == half).map(|(fault, _)| *fault)
    }
}

/// Returns the pairs with the best bounds, of which each half is needed.
fn best_pairs(halves: &[Half], readings: &[&Reading]) -> Vec<(usize, usize)> {
    let all = (0..halves.len()).flat_map(|one| (one + 1..halves.len()).map(move |other| (one, other)));
    let bounded = all.filter_map(|(one, other)| {
        let both = [&halves[one], &halves[other]];
        let bound = bound(both, readings);
        (are_needed(both, readings) && bound.is_finite()).then_some((bound, (one, other)))
    });
    let mut kept: Vec<(f64, (usize, usize))> = bounded.collect();
    kept.sort_by(|a, b| b.0.total_cmp(&a.0));
    kept.truncate(WALKED);
    kept.into_iter().map(|(_, pair)| pair).collect()
}

/// Returns roughly how likely everything is under both, with their priors, as a logarithm.
fn bound([one, other]: [&Half; 2], readings: &[&Reading]) -> f64 {
    let of = |(at, reading): (usize, &&Reading)| {
        let works = reading.request.must_work() && reading.result.is_success();
        if works { one.fits[at].min(other.fits[at]) } else { one.fits[at].max(other.fits[at]) }
    };
    (one.common * other.common).ln() + readings.iter().enumerate().map(of).sum::<f64>()
}

/// How much likelier one of two faults must make a failure to be its cause rather than the other, as a logarithm.
const RATHER: f64 = 2.0;

/// Reports whether each causes a failure rather than the other.
fn are_needed([one, other]: [&Half; 2], readings: &[&Reading]) -> bool {
    let rather = |own: &Half, other: &Half| {
        let mut failures = readings.iter().enumerate().filter(|(_, reading)| fails(reading));
        failures.any(|(at, _)| own.fits[at] - other.fits[at] > RATHER)
    };
    rather(one, other) && rather(other, one)
}

/// Returns the exchanges of the failures that each may cause: it is not clearly the other, and neither makes it hopeless.
fn explained([one, other]: [&Half; 2], readings: &[&Reading]) -> [Vec<u32>; 2] {
    let of = |own: &Half, other: &Half| {
        let failures = readings.iter().enumerate().filter(|(_, reading)| fails(reading));
        let own = failures.filter(|(at, _)| own.fits[*at] > other.fits[*at].max(-HOPELESS) - RATHER);
        own.flat_map(|(_, reading)| reading.exchanges.clone()).collect()
    };
    [of(one, other), of(other, one)]
}

fn fails(reading: &Reading) -> bool {
    reading.request.must_work() && !reading.result.is_success()
}
