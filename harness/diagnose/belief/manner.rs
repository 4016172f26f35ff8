//! The manners of a system: how far its words, its marks and its status codes mislead, and how it words its refusals.
//!
//! An error of this kind is systematic: a proxy that hides who answered hides it each time. So each is one latent
//! variable of a service and not noise of each reading. It changes no outcome, so it is summed out and never walked
//! again.

use super::phrasing;
use crate::diagnose::predict::model::noise;

/// Whether sentences mislead, whether marks mislead, and whether failures take unusual forms: all combinations.
pub(super) const MODES: usize = 8;

/// The bit of a mode for sentences that mislead.
pub(super) const WORDS: usize = 1;
/// The bit of a mode for marks that mislead.
pub(super) const MARKS: usize = 2;
/// The bit of a mode for failures that take unusual forms.
pub(super) const FORMS: usize = 4;

/// A likelihood for each manner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Like([[f64; phrasing::WAYS]; MODES]);

impl Like {
    pub(super) const ZERO: Self = Self([[0.0; phrasing::WAYS]; MODES]);
    pub(super) const ONE: Self = Self([[1.0; phrasing::WAYS]; MODES]);

    /// Returns the likelihood of readings by mode, with that of their words by way.
    pub(super) fn of(by_mode: [f64; MODES], by_way: [f64; phrasing::WAYS]) -> Self {
        Self(by_mode.map(|mode| by_way.map(|way| mode * way)))
    }

    pub(super) fn add(&mut self, other: &Self, share: f64) {
        self.each(other, |sum, one| *sum += share * one);
    }

    pub(super) fn times(&mut self, other: &Self) {
        self.each(other, |all, one| *all *= one);
    }

    fn each(&mut self, other: &Self, mut change: impl FnMut(&mut f64, f64)) {
        self.0.iter_mut().flatten().zip(other.0.iter().flatten()).for_each(|(mine, other)| change(mine, *other));
    }

    /// Sums the likelihood over all manners.
    pub(super) fn summed(&self) -> f64 {
        self.0.iter().enumerate().map(|(mode, by_way)| prior(mode) * phrasing::summed(*by_way)).sum()
    }
}

fn prior(mode: usize) -> f64 {
    let noise = noise();
    let of = |bit: usize, chance: f64| if mode & bit == 0 { 1.0 - chance } else { chance };
    of(WORDS, noise.words_mislead) * of(MARKS, noise.marks_mislead) * of(FORMS, noise.forms_deviate)
}
