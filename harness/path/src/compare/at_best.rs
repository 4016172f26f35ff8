//! How likely a reading is at best, by itself.

use super::reading::Reading;
use super::search::Search;
use crate::predict::world::World;

/// Returns how likely each reading is by itself, in the setting of the traits that suits it best.
///
/// Each group holds one reading. The results are natural logarithms; negative infinity: impossible.
#[must_use]
pub fn at_best(world: &mut World<'_>, alone: &[Vec<Reading>]) -> Vec<f64> {
    let mut search = Search::new(alone);
    let mut of = |at: usize| {
        let best = search.best(world, at);
        if best.possible { best.like.ln() } else { f64::NEG_INFINITY }
    };
    (0..alone.len()).map(&mut of).collect()
}
