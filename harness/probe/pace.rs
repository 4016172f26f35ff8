//! The request rate of a run: the generic cell rate algorithm (ITU-T I.371) over all probes, because edges block
//! bursts.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

#[cfg(unix)]
use crate::probe::shared_rate::SharedRate;

/// Limits the requests per minute, with a burst of a tenth of that.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    tolerance: Duration,
    plan: Mutex<Plan>,
    /// The rate that other processes keep too.
    #[cfg(unix)]
    shared: Option<SharedRate>,
}

/// What is reserved, and how long requests were held back.
#[derive(Debug, Default)]
struct Plan {
    /// When the next request is due if all requests are evenly spaced.
    due: Option<Instant>,
    /// The end of the latest pause.
    held_until: Option<Instant>,
    /// The time in which at least one request was held back.
    held: Duration,
}

impl Plan {
    /// Counts a pause. Pauses of parallel requests overlap, and their common time counts once.
    fn hold(&mut self, from: Instant, until: Instant) {
        let from = self.held_until.map_or(from, |held| held.max(from));
        self.held += until.saturating_duration_since(from);
        self.held_until = Some(from.max(until));
    }
}

impl Pace {
    pub(super) fn per_minute(requests: u32) -> Self {
        let requests = requests.max(1);
        let interval = Duration::from_secs(60) / requests;
        let burst = (requests / 10).max(1);
        Self {
            interval,
            tolerance: interval * (burst - 1),
            plan: Mutex::default(),
            #[cfg(unix)]
            shared: None,
        }
    }

    /// Shares the rate with other processes.
    #[cfg(unix)]
    pub(super) fn shared(self, shared: Option<SharedRate>) -> Self {
        Self { shared, ..self }
    }

    /// Reserves a place for a request that is ready `now`, and returns when it may be sent. Returns `None`, without a
    /// reservation, if that is after `latest`.
    pub(super) fn reserve(&self, now: Instant, latest: Instant) -> Option<Instant> {
        let mut plan = self.plan();
        #[cfg(unix)]
        let held = self.shared.as_ref().and_then(SharedRate::hold);
        #[cfg(unix)]
        let of_others = held.as_ref().and_then(|held| held.due(now));
        #[cfg(not(unix))]
        let of_others = None;
        let next = plan.due.into_iter().chain(of_others).fold(now, Instant::max);
        let send_at = next.checked_sub(self.tolerance).map_or(now, |earliest| earliest.max(now));
        if send_at > latest {
            return None;
        }
        let due = next + self.interval;
        plan.due = Some(due);
        #[cfg(unix)]
        held.iter().for_each(|held| held.set(due, now));
        plan.hold(now, send_at);
        Some(send_at)
    }

    /// Releases the place of a request that never reached a host: no edge counted it.
    pub(super) fn release(&self) {
        let mut plan = self.plan();
        plan.due = plan.due.and_then(|due| due.checked_sub(self.interval));
        #[cfg(unix)]
        if let Some(held) = self.shared.as_ref().and_then(SharedRate::hold) {
            let now = Instant::now();
            let due = held.due(now).and_then(|due| due.checked_sub(self.interval));
            due.into_iter().for_each(|due| held.set(due, now));
        }
    }

    /// Returns the time in which at least one request was held back.
    pub(super) fn held(&self) -> Duration {
        self.plan().held
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(pace: &Pace, start: Instant, count: usize) -> Vec<u128> {
        let latest = start + Duration::from_secs(3600);
        (0..count).map(|_| (pace.reserve(start, latest).unwrap() - start).as_millis()).collect()
    }

    #[test]
    fn a_burst_is_a_tenth_and_the_rest_is_evenly_spaced() {
        let pace = Pace::per_minute(30);
        assert_eq!(offsets(&pace, Instant::now(), 6), [0, 0, 0, 2000, 4000, 6000]);
    }

    #[test]
    fn a_low_rate_has_no_burst() {
        let pace = Pace::per_minute(6);
        assert_eq!(offsets(&pace, Instant::now(), 3), [0, 10_000, 20_000]);
    }

    #[test]
    fn a_pause_earns_no_more_than_the_burst() {
        let pace = Pace::per_minute(30);
        let start = Instant::now();
        offsets(&pace, start, 6);
        assert_eq!(offsets(&pace, start + Duration::from_secs(600), 4), [0, 0, 0, 2000]);
    }

    #[test]
    fn a_released_place_goes_to_the_next_request() {
        let pace = Pace::per_minute(6);
        let start = Instant::now();
        for _ in 0..5 {
            assert_eq!(pace.reserve(start, start), Some(start));
            pace.release();
        }
    }

    #[cfg(unix)]
    #[test]
    fn two_processes_have_one_rate() {
        let folder = tempfile::tempdir().unwrap();
        let pace = || Pace::per_minute(6).shared(Some(SharedRate::at(folder.path().join("host_443"))));
        let paces = [pace(), pace()];
        let start = Instant::now();
        let reserved =
            |n: usize| (paces[n % 2].reserve(start, start + Duration::from_secs(3600)).unwrap() - start).as_secs_f64();
        let offsets: Vec<f64> = (0..6).map(reserved).collect();
        // The wall clock goes on between the calls, while `start` stays.
        for (n, offset) in offsets.iter().enumerate() {
            let expected = 10.0 * n as f64;
            assert!(*offset <= expected && *offset > expected - 5.0, "{offsets:?}");
        }
        assert!(paces[0].reserve(start, start + Duration::from_secs(20)).is_none());
    }

    #[test]
    fn no_place_is_reserved_after_the_deadline() {
        let pace = Pace::per_minute(6);
        let start = Instant::now();
        assert_eq!(pace.reserve(start, start), Some(start));
        assert_eq!(pace.reserve(start, start + Duration::from_secs(9)), None);
        let later = start + Duration::from_secs(10);
        assert_eq!(pace.reserve(start, later), Some(later));
    }
}
