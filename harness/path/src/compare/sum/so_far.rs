//! What some readings of an endpoint gave, in one setting of the traits.

use super::decision::Ends;
use crate::compare::emission::{Counted, emission, is_possible};
use crate::compare::manner::{Like, MODES};
use crate::compare::phrasing::{self, Told};
use crate::compare::reading::Reading;
use crate::predict::ending::{Reason, Result};

/// How well a hypothesis predicts the readings of one endpoint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub(super) like: Like,
    /// Whether some setting of the traits makes every firm reading possible.
    pub(super) possible: bool,
    /// The readings of the endpoint that a possible setting predicts as a failure, one bit each.
    pub(super) explained: u64,
    /// The first reading that nothing makes possible.
    pub(super) conflict: usize,
}

impl Fit {
    pub(super) const NONE: Self = Self { like: Like::ZERO, possible: false, explained: 0, conflict: 0 };

    /// Takes the better of both, manner by manner.
    pub(super) fn or(&mut self, other: &Self) {
        self.like.or(&other.like);
        self.possible |= other.possible;
        self.explained |= other.explained;
        self.conflict = self.conflict.max(other.conflict);
    }

    pub(super) fn add(&mut self, other: &Self, share: f64) {
        self.like.add(&other.like, share);
        self.possible |= other.possible;
        self.explained |= other.explained;
        self.conflict = self.conflict.max(other.conflict);
    }
}

/// What the readings before the one at hand gave, in this setting of the traits.
pub(super) struct SoFar<'e> {
    like: [f64; MODES],
    explained: u64,
    counted: Counted<'e>,
    told: Vec<Told<'e>>,
}

impl Default for SoFar<'_> {
    fn default() -> Self {
        Self { like: [1.0; MODES], explained: 0, counted: Counted::default(), told: Vec::new() }
    }
}

/// A state to which the readings can be taken back.
pub(super) struct Mark {
    like: [f64; MODES],
    explained: u64,
    counted: usize,
    told: usize,
}

impl<'e> SoFar<'e> {
    pub(super) const fn mark(&self) -> Mark {
        Mark { like: self.like, explained: self.explained, counted: self.counted.len(), told: self.told.len() }
    }

    /// Forgets the readings after the mark.
    pub(super) fn back_to(&mut self, mark: &Mark) {
        (self.like, self.explained) = (mark.like, mark.explained);
        self.counted.truncate(mark.counted);
        self.told.truncate(mark.told);
    }

    /// Adds a reading.
    pub(super) fn add(&mut self, ends: &Ends, reading: &'e Reading, at: usize) {
        let possible = ends.each().any(|(_, ending)| is_possible(&ending, reading));
        let (mut p, mut likeliest, mut most) = ([0.0; MODES], ends.usual, f64::MIN);
        for (share, ending) in ends.each() {
            let weights = emission(&ending, reading, &self.counted).map(|one| share * one);
            p.iter_mut().zip(weights).for_each(|(sum, one)| *sum += one);
            if weights[0] >= most {
                (likeliest, most) = (ending, weights[0]);
            }
        }
        // What a trait decides is decided once, what chance decides each time.
        let times = if ends.depend_on_chance() { reading.exchanges.len() as i32 } else { 1 };
        self.like.iter_mut().zip(p).for_each(|(all, one)| *all *= one.powi(times));
        // That a bad token is served is explained only by a cache that says so.
        let is_kept = likeliest.reason == Reason::Kept && !reading.request.must_work();
        if possible && (reading.result != Result::Ok || is_kept) {
            self.explained |= 1 << at;
        }
        self.counted.add(&likeliest, reading);
        let is_own_refusal = likeliest.result == Result::Denied && likeliest.reason != Reason::Kept;
        if is_own_refusal && reading.result == Result::Denied && !reading.request.is_socket() {
            self.told.push((likeliest.maker, likeliest.reason, reading.seen.shape.as_str()));
        }
    }

    pub(super) fn fit(&self) -> Fit {
        Fit {
            like: Like::of(self.like, phrasing::likelihood(&self.told)),
            possible: true,
            explained: self.explained,
            conflict: 0,
        }
    }
}
