//! When the runs of a target begin: at fixed slots from the start on, so that no delay adds up. A run that lasts past the next slot is followed
//! at once, so that a change of the target waits for one run at most.

use std::time::Duration;

/// The slots of one target. Slot 0 is the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Slots {
    /// The time between two slots.
    pub every: Duration,
    /// The share of it, 0 to 1, by which a run may begin after its slot.
    pub jitter: f64,
}

impl Slots {
    /// Returns the slot of the next run, and when that run begins, from the start on: the slot after `last`, or the newest that has passed,
    /// whose run begins at once. `elapsed` is the time since the start. `chance` is at least 0 and below 1.
    pub(crate) fn next(&self, last: Option<u64>, elapsed: Duration, chance: f64) -> (u64, Duration) {
        let Some(last) = last else { return (0, Duration::ZERO) };
        let passed = elapsed.as_nanos() / self.every.as_nanos().max(1);
        let slot = last.saturating_add(1).max(u64::try_from(passed).unwrap_or(u64::MAX));
        let nanos = self.every.as_nanos().saturating_mul(slot.into());
        let due = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let jitter = self.every.mul_f64((self.jitter * chance).clamp(0.0, 1.0));
        (slot, if due <= elapsed { elapsed } else { due.saturating_add(jitter) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const MINUTE: Slots = Slots { every: Duration::from_secs(60), jitter: 0.1 };

    #[rstest]
    #[case::at_once(None, 0, 0, 0)]
    #[case::after_a_short_run(Some(0), 5, 1, 63)]
    #[case::after_a_run_of_a_period(Some(0), 60, 1, 60)]
    #[case::after_a_long_run(Some(0), 61, 1, 61)]
    #[case::after_a_run_that_began_late(Some(1), 122, 2, 122)]
    #[case::no_slot_is_made_up_for(Some(3), 601, 10, 601)]
    fn a_run_begins_at_the_next_slot(
        #[case] last: Option<u64>,
        #[case] elapsed: u64,
        #[case] slot: u64,
        #[case] begins: u64,
    ) {
        assert_eq!(MINUTE.next(last, Duration::from_secs(elapsed), 0.5), (slot, Duration::from_secs(begins)));
    }

    proptest! {
        #[test]
        fn slots_never_drift_and_a_change_waits_for_one_period_or_one_run(
            took in prop::collection::vec((0_u64..200_000, 0.0_f64..1.0), 1..50),
        ) {
            let (mut last, mut began, mut now) = (None, Duration::ZERO, Duration::ZERO);
            for (took, chance) in took {
                let (slot, begins) = MINUTE.next(last, now, chance);
                prop_assert!(last.is_none_or(|last| slot > last) && begins >= now);
                let due = MINUTE.every * u32::try_from(slot).expect("small");
                prop_assert!(begins >= due && (begins == now || begins - due < Duration::from_secs(6)));
                prop_assert!(begins == now || begins - began < Duration::from_secs(66));
                (last, began, now) = (Some(slot), begins, begins + Duration::from_millis(took));
            }
        }
    }
}
