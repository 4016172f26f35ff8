//! When the runs of a target begin: at fixed slots from the start on, so that no delay adds up.

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
    /// Returns the slot of the next run: the first one after `last` that has not passed. `elapsed` is the time since the start.
    pub(crate) fn next(&self, last: Option<u64>, elapsed: Duration) -> u64 {
        let passed = elapsed.as_nanos().div_ceil(self.every.as_nanos().max(1));
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        last.map_or(0, |last| passed.max(last.saturating_add(1)))
    }

    /// Returns when the run of a slot begins, from the start on. `chance` is at least 0 and below 1.
    pub(crate) fn begins(&self, slot: u64, chance: f64) -> Duration {
        let nanos = self.every.as_nanos().saturating_mul(slot.into());
        let slot = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        slot.saturating_add(self.every.mul_f64((self.jitter * chance).clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const MINUTE: Slots = Slots { every: Duration::from_secs(60), jitter: 0.1 };

    #[rstest]
    #[case::at_once(None, 0, 0)]
    #[case::after_a_short_run(Some(0), 5, 1)]
    #[case::after_a_run_of_a_period(Some(0), 60, 1)]
    #[case::after_a_long_run(Some(0), 61, 2)]
    #[case::after_a_very_long_run(Some(3), 601, 11)]
    fn a_run_begins_at_the_next_slot(#[case] last: Option<u64>, #[case] elapsed: u64, #[case] slot: u64) {
        assert_eq!(MINUTE.next(last, Duration::from_secs(elapsed)), slot);
    }

    proptest! {
        #[test]
        fn slots_never_drift_and_never_repeat(took in prop::collection::vec((0_u64..200_000, 0.0_f64..1.0), 1..50)) {
            let (mut last, mut now) = (None, Duration::ZERO);
            for (took, chance) in took {
                let slot = MINUTE.next(last, now);
                let begins = MINUTE.begins(slot, chance);
                prop_assert!(last.is_none_or(|last| slot > last));
                prop_assert!(begins >= now || last.is_none());
                let late = begins - MINUTE.every * u32::try_from(slot).expect("small");
                prop_assert!(late < Duration::from_secs(6));
                (last, now) = (Some(slot), begins + Duration::from_millis(took));
            }
        }
    }
}
