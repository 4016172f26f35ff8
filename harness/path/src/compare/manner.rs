//! The manners of a system: how far its words, its marks and its status codes mislead, and how it words its refusals.
//!
//! An error of this kind is systematic: a proxy that hides who answered hides it each time. So each is one latent
//! variable of a service and not noise of each reading. It changes no outcome, so it is summed out and never walked
//! again.

use std::sync::LazyLock;

use super::phrasing;
use crate::predict::model::noise;

/// Whether sentences mislead, whether marks mislead, and whether failures take unusual forms: all combinations.
pub const MODES: usize = 8;

/// The bit of a mode for sentences that mislead.
pub(super) const WORDS: usize = 1;
/// The bit of a mode for marks that mislead.
pub(super) const MARKS: usize = 2;
/// The bit of a mode for failures that take unusual forms.
pub(super) const FORMS: usize = 4;

/// The manners: every mode with every way of wording.
const MANNERS: usize = MODES * phrasing::WAYS;

/// A likelihood for each manner.
#[derive(Debug, Clone, Copy)]
pub struct Like([f64; MANNERS]);

impl Like {
    /// Impossible, whatever the manner.
    pub const ZERO: Self = Self([0.0; MANNERS]);
    /// Certain, whatever the manner.
    pub const ONE: Self = Self([1.0; MANNERS]);

    /// Returns the likelihood of readings by mode, with that of their words by way.
    pub fn of(by_mode: [f64; MODES], by_way: [f64; phrasing::WAYS]) -> Self {
        Self(std::array::from_fn(|at| by_mode[at / phrasing::WAYS] * by_way[at % phrasing::WAYS]))
    }

    /// Adds a share of the other, manner by manner.
    pub fn add(&mut self, other: &Self, share: f64) {
        for at in 0..MANNERS {
            self.0[at] += share * other.0[at];
        }
    }

    /// Takes the larger of both, manner by manner.
    pub(super) fn or(&mut self, other: &Self) {
        for at in 0..MANNERS {
            self.0[at] = self.0[at].max(other.0[at]);
        }
    }

    /// Multiplies both, manner by manner.
    pub fn times(&mut self, other: &Self) {
        for at in 0..MANNERS {
            self.0[at] *= other.0[at];
        }
    }

    /// Returns the natural logarithm of the sum over all manners. It is finite.
    pub(super) fn ln(&self) -> f64 {
        self.summed().max(f64::MIN_POSITIVE).ln()
    }

    /// Sums the likelihood over all manners.
    pub fn summed(&self) -> f64 {
        PRIORS.iter().zip(self.0).map(|(prior, like)| prior * like).sum()
    }
}

/// The prior of each manner.
static PRIORS: LazyLock<[f64; MANNERS]> =
    LazyLock::new(|| Like::of(std::array::from_fn(prior_of), phrasing::priors()).0);

fn prior_of(mode: usize) -> f64 {
    let noise = noise();
    let of = |bit: usize, chance: f64| if mode & bit == 0 { 1.0 - chance } else { chance };
    of(WORDS, noise.words_mislead) * of(MARKS, noise.marks_mislead) * of(FORMS, noise.forms_deviate)
}
