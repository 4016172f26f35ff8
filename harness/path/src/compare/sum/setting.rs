//! One setting of the traits: which value each has, by its place among the values of the trait.

use crate::predict::traits::{TRAITS, Trait};

/// Bits that hold the place of a value. A test of `predict::model` holds that no trait has more values.
const BITS: u32 = 5;

/// The place of a value among those of its trait.
pub(super) type Place = u8;

/// The values of some traits.
#[derive(Debug)]
pub(super) struct Setting {
    places: [Place; TRAITS],
    /// The traits that have a value, one bit each.
    set: u128,
    /// The traits that were asked for since this was last cleared, one bit each.
    pub(super) asked: u128,
}

impl Setting {
    pub(super) const fn new() -> Self {
        Self { places: [0; TRAITS], set: 0, asked: 0 }
    }

    pub(super) const fn set(&mut self, of: Trait, place: Option<Place>) {
        let bit = 1 << of as u128;
        match place {
            Some(place) => {
                self.places[of as usize] = place;
                self.set |= bit;
            }
            None => self.set &= !bit,
        }
    }

    /// Returns the place of a trait's value, and notes that it was asked for.
    pub(super) const fn ask(&mut self, of: Trait) -> Option<Place> {
        let bit = 1 << of as u128;
        self.asked |= bit;
        if self.set & bit == 0 { None } else { Some(self.places[of as usize]) }
    }

    /// Reports whether one of these traits (one bit each) has a value.
    pub(super) const fn has_one_of(&self, of: u128) -> bool {
        self.set & of != 0
    }

    /// Returns the values of these traits (one bit each) in one number. `None`: one has no value, or they are too many.
    pub(super) const fn packed(&self, of: u128) -> Option<u128> {
        if of & !self.set != 0 || of.count_ones() > u128::BITS / BITS {
            return None;
        }
        let (mut rest, mut all) = (of, 0);
        while rest != 0 {
            all = all << BITS | self.places[rest.trailing_zeros() as usize] as u128;
            rest &= rest - 1;
        }
        Some(all)
    }
}
