//! One setting of the traits: which value each has, by its place among the values of the trait.

use crate::predict::traits::{TRAITS, Trait};

/// Bits that hold the place of a value. A test of `predict::model` holds that no trait has more values.
const BITS: u32 = 5;

/// The place of a value among those of its trait.
pub(super) type Place = u8;

/// The values of some traits.
#[derive(Debug)]
pub(super) struct Setting {
    places: [Option<Place>; TRAITS],
    /// The traits that were asked for since this was last cleared, one bit each.
    pub(super) asked: u128,
}

impl Setting {
    pub(super) const fn new() -> Self {
        Self { places: [None; TRAITS], asked: 0 }
    }

    pub(super) const fn set(&mut self, of: Trait, place: Option<Place>) {
        self.places[of as usize] = place;
    }

    /// Returns the place of a trait's value, and notes that it was asked for.
    pub(super) const fn ask(&mut self, of: Trait) -> Option<Place> {
        self.asked |= 1 << of as u128;
        self.places[of as usize]
    }

    /// Reports whether one of these traits (one bit each) has a value.
    pub(super) fn has_one_of(&self, of: u128) -> bool {
        each(of).any(|at| self.places[at].is_some())
    }

    /// Returns the values of these traits (one bit each) in one number. `None`: one has no value, or they are too many.
    pub(super) fn packed(&self, of: u128) -> Option<u128> {
        if of.count_ones() > u128::BITS / BITS {
            return None;
        }
        each(of).try_fold(0, |all, at| Some(all << BITS | u128::from(self.places[at]?)))
    }
}

fn each(mut rest: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = rest.trailing_zeros() as usize;
        rest &= rest.wrapping_sub(1);
        (at < TRAITS).then_some(at)
    })
}
