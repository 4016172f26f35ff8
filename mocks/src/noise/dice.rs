//! Draws that depend on a seed, a kind and a count only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The draws of one kind. Clones share the count of draws.
#[derive(Clone)]
pub(crate) struct Dice {
    seed: u64,
    drawn: Arc<AtomicU64>,
}

impl Dice {
    /// Starts the draws of `kind`; different kinds draw independently.
    pub(crate) fn new(seed: u64, kind: &str) -> Self {
        let named = kind.bytes().fold(seed, |hash, byte| mixed(hash ^ u64::from(byte)));
        Self { seed: named, drawn: Arc::default() }
    }

    /// Returns the next draw, uniformly distributed in [0, 1).
    pub(crate) fn draw(&self) -> f64 {
        let count = self.drawn.fetch_add(1, Ordering::Relaxed);
        fastrand::Rng::with_seed(mixed(self.seed.wrapping_add(count))).f64()
    }
}

/// Mixes a seed with the finisher of splitmix64: seeds that differ in one bit give unrelated results.
const fn mixed(seed: u64) -> u64 {
    let seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(seed: u64, kind: &str) -> Vec<f64> {
        let dice = Dice::new(seed, kind);
        (0..1000).map(|_| dice.draw()).collect()
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        assert_eq!(first(7, "drop"), first(7, "drop"));
    }

    #[test]
    fn another_seed_or_kind_draws_otherwise() {
        assert_ne!(first(7, "drop"), first(8, "drop"));
        assert_ne!(first(7, "drop"), first(7, "jitter"));
    }

    #[test]
    fn a_share_of_two_in_a_hundred_is_about_that() {
        let below = first(7, "drop").into_iter().filter(|drawn| *drawn < 0.02).count();
        assert!((5..=40).contains(&below), "{below} of 1000");
    }
}
