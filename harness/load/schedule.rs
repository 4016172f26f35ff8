//! When each call is due. The times do not depend on the system under test: an open model.

use std::time::Duration;

use tokio::time::Instant;

/// The intended times of all calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    pub(crate) start: Instant,
    /// When the last call may be due.
    pub(crate) end: Instant,
    ramp: Duration,
    /// The time between two calls of one user.
    interval: Duration,
    users: u32,
}

impl Schedule {
    /// Returns the schedule of so many users that together make `rate` calls a second.
    pub(crate) fn new(start: Instant, users: u32, rate: f64, ramp: Duration, hold: Duration) -> Self {
        let interval = Duration::from_secs_f64(f64::from(users) / rate.max(1e-3));
        Self { start, end: start + ramp + hold, ramp, interval, users }
    }

    /// Returns when the `nth` call of a user is due, from 0. Calls of different users are evenly spaced, and a user starts
    /// when the ramp reaches it.
    pub(crate) fn due(&self, user: u32, nth: u32) -> Instant {
        let share = f64::from(user) / f64::from(self.users.max(1));
        let (phase, from) = (self.interval.mul_f64(share), self.ramp.mul_f64(share));
        let missed = from.saturating_sub(phase).as_secs_f64() / self.interval.as_secs_f64();
        self.start + phase + self.interval.mul_f64(missed.ceil() + f64::from(nth))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(200, 200.0, 10)]
    #[case(30, 300.0, 1)]
    #[case(7, 2.5, 0)]
    #[case(1, 1.0, 3)]
    fn no_second_has_more_calls_than_the_rate(#[case] users: u32, #[case] rate: f64, #[case] ramp: u64) {
        let schedule = Schedule::new(Instant::now(), users, rate, Duration::from_secs(ramp), Duration::from_secs(20));
        let mut due: Vec<Duration> = (0..users)
            .flat_map(|user| (0..400).map(move |nth| (user, nth)))
            .map(|(user, nth)| schedule.due(user, nth) - schedule.start)
            .filter(|due| due.as_secs() < 20)
            .collect();
        due.sort();
        let spaced = 1.0 / rate;
        assert!(due.windows(2).all(|pair| (pair[1] - pair[0]).as_secs_f64() > spaced * 0.99), "{due:?}");
        assert!(due.len() as f64 <= 20.0 * rate + 1.0);
    }

    #[test]
    fn the_users_start_during_the_ramp() {
        let schedule = Schedule::new(Instant::now(), 10, 10.0, Duration::from_secs(10), Duration::from_secs(1));
        let first = |user| (schedule.due(user, 0) - schedule.start).as_secs_f64();
        assert!(first(0) < 0.01 && (5.0..6.1).contains(&first(5)) && (9.0..10.1).contains(&first(9)));
    }
}
