//! The race of the hypotheses: those that cannot be the best are not looked at closely.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use fivewhys_path::{Evidence, Likelihood, Patch, Prospect, Stop, Topology, World};

/// A hypothesis this far behind the best is hopeless, as a logarithm: its likelihood is not summed.
pub(in crate::diagnose) const HOPELESS: f64 = 16.0;

/// Returns the likelihood of each set of changes, in their order. A hopeless one gets a bound in its place.
///
/// Each comes with its prior, as a logarithm.
pub(super) fn race(
    sets: impl Iterator<Item = (Vec<(Stop, Patch)>, f64)>,
    topology: &Topology,
    evidence: &Evidence,
) -> Vec<Likelihood> {
    let rival = |(place, (patches, prior))| Rival {
        prospect: Prospect::new(World::new(topology, patches), evidence),
        prior,
        place,
    };
    let mut rivals: BinaryHeap<Rival<'_, '_>> = sets.enumerate().map(rival).collect();
    let mut found = vec![None; rivals.len()];
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
    found.into_iter().map(|one| one.expect("every rival leaves the race")).collect()
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
