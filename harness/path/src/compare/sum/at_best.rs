//! How likely a reading is at best, by itself.

use super::decision::Decisions;
use super::so_far::{Fit, SoFar};
use super::tree::Forest;
use crate::compare::reading::Reading;

/// Returns how likely each reading is by itself, in the setting of the traits that suits it best.
///
/// The results are natural logarithms; negative infinity: impossible.
#[must_use]
pub fn at_best(decisions: &mut Decisions<'_>, readings: &[&Reading]) -> Vec<f64> {
    readings.iter().map(|reading| of_one(decisions, reading)).collect()
}

fn of_one(decisions: &mut Decisions<'_>, reading: &Reading) -> f64 {
    let mut forest = Forest::default();
    let root = decisions.tree_of(reading, &mut forest);
    let mut best = Fit::NONE;
    for ends in forest.leaves(root).flatten() {
        let mut so_far = SoFar::default();
        so_far.add(&ends, reading, 0);
        best.or(&so_far.fit());
    }
    if best.possible { best.like.ln() } else { f64::NEG_INFINITY }
}
