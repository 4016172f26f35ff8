//! Whether a reading is possible at all.

use super::emission::is_possible;
use super::reading::Reading;
use crate::predict::walk::walk;
use crate::predict::world::{Unset, World};

/// Reports whether some setting of the traits makes the reading possible, by itself.
#[must_use]
pub fn can_be(world: &mut World<'_>, reading: &Reading) -> bool {
    let dice = if world.is_random() { &[false, true][..] } else { &[false][..] };
    dice.iter().any(|dice| {
        world.dice = *dice;
        can_be_as_set(world, reading)
    })
}

fn can_be_as_set(world: &mut World<'_>, reading: &Reading) -> bool {
    match walk(world, &reading.request) {
        Ok(ending) => is_possible(&ending, reading),
        // The first possible value ends the search.
        Err(Unset(of)) => {
            world.with_each_value(of, |world, _| if can_be_as_set(world, reading) { Err(()) } else { Ok(()) }).is_err()
        }
    }
}
