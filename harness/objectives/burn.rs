//! How fast an error budget is used up, over several windows of time (Google, The Site Reliability Workbook, chapter 5,
//! "Multiwindow, Multi-Burn-Rate Alerts").

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::config::ErrorBudget;

/// What one run measured of an objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// When the run began.
    pub at: Timestamp,
    /// Calls that were good.
    pub good: u64,
    /// Calls that were bad.
    pub bad: u64,
}

/// How fast an error budget is used up. At a rate of 1, it is used up exactly at the end of its window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Burn {
    /// The share of the budget that is used up within its window. Above 1, it is overdrawn. Absent without a call.
    pub used: Option<f64>,
    /// The alerts, the fastest burn first.
    pub alerts: [Alert; 3],
}

/// One pair of windows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alert {
    /// The long window, in seconds: the burn is significant.
    pub long_s: i64,
    /// The short window, in seconds: the burn goes on.
    pub short_s: i64,
    /// The rate from which on the alert fires.
    pub threshold: f64,
    /// The rate over the long window. Absent without a call.
    pub long: Option<f64>,
    /// The rate over the short window. Absent without a call.
    pub short: Option<f64>,
    /// Whether both rates are at the threshold or above it.
    pub fires: bool,
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Long window, short window (seconds) and threshold: table 5-8 of the workbook, for a budget of 30 days.
const WINDOWS: [(i64, i64, f64); 3] =
    [(HOUR, 5 * MINUTE, 14.4), (6 * HOUR, 30 * MINUTE, 6.0), (3 * DAY, 6 * HOUR, 1.0)];

impl Burn {
    /// Reports whether an alert fires.
    pub(crate) fn fires(&self) -> bool {
        self.alerts.iter().any(|alert| alert.fires)
    }
}

/// Returns how fast the budget is used up. A window is open at its start and closed at `now`. Samples after `now` do not
/// count, and their order does not matter.
pub(crate) fn burn(samples: &[Sample], budget: ErrorBudget, now: Timestamp) -> Burn {
    let rate = |seconds: i64| Some(bad_share(samples, seconds, now)? / budget.share);
    let alerts = WINDOWS.map(|(long_s, short_s, threshold)| {
        let (long, short) = (rate(long_s), rate(short_s));
        let over = |rate: Option<f64>| rate.is_some_and(|rate| rate >= threshold);
        Alert { long_s, short_s, threshold, long, short, fires: over(long) && over(short) }
    });
    Burn { used: rate(i64::try_from(budget.window.as_secs()).unwrap_or(i64::MAX)), alerts }
}

/// Returns the share of bad calls in the seconds before `now`.
fn bad_share(samples: &[Sample], seconds: i64, now: Timestamp) -> Option<f64> {
    let start = now.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN);
    let within = samples.iter().filter(|sample| sample.at > start && sample.at <= now);
    let (good, bad) = within
        .fold((0_u64, 0_u64), |(good, bad), sample| (good.saturating_add(sample.good), bad.saturating_add(sample.bad)));
    let all = good.saturating_add(bad);
    (all > 0).then(|| bad as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const BUDGET: ErrorBudget = ErrorBudget { share: 0.001, window: Duration::from_secs(30 * 86_400) };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a second")
    }

    /// Returns one sample a minute over this many minutes, each with 1,000 calls.
    fn steady(minutes: i64, bad: u64, now: i64) -> Vec<Sample> {
        (0..minutes).map(|ago| Sample { at: at(now - ago * MINUTE), good: 1000 - bad, bad }).collect()
    }

    #[rstest]
    #[case::no_call(0, 0, [false, false, false])]
    #[case::good(4320, 0, [false, false, false])]
    #[case::at_the_budget(4320, 1, [false, false, true])]
    #[case::six_times(4320, 6, [false, true, true])]
    #[case::fast(4320, 15, [true, true, true])]
    #[case::just_below_the_fast_burn(4320, 14, [false, true, true])]
    fn a_steady_burn_fires_the_alerts_up_to_its_rate(#[case] minutes: i64, #[case] bad: u64, #[case] fires: [bool; 3]) {
        let now = 10_000_000;
        let burn = burn(&steady(minutes, bad, now), BUDGET, at(now));
        assert_eq!(burn.alerts.map(|alert| alert.fires), fires);
        assert_eq!(burn.fires(), fires.contains(&true));
    }

    #[test]
    fn an_alert_ends_when_the_short_window_is_good_again() {
        let now = 10_000_000;
        let mut samples = steady(60, 100, now - 5 * MINUTE);
        samples.extend(steady(5, 0, now));
        let fast = burn(&samples, BUDGET, at(now)).alerts[0];
        assert!(fast.long.unwrap() > fast.threshold && fast.short == Some(0.0) && !fast.fires, "{fast:?}");
    }

    #[test]
    fn without_a_call_nothing_is_used() {
        let burn = burn(&[], BUDGET, at(0));
        assert_eq!((burn.used, burn.alerts[0].long, burn.fires()), (None, None, false));
    }

    proptest! {
        /// Plain counting: every call is an event of its own.
        #[test]
        fn it_agrees_with_counting_call_by_call(
            written in prop::collection::vec((0_i64..400_000, 0_u64..20, 0_u64..20), 0..60),
            now in 0_i64..400_000,
            share in 0.0001_f64..0.9,
            window in 1_u64..400_000,
        ) {
            let samples: Vec<Sample> =
                written.iter().map(|(second, good, bad)| Sample { at: at(*second), good: *good, bad: *bad }).collect();
            let budget = ErrorBudget { share, window: Duration::from_secs(window) };
            let burn = burn(&samples, budget, at(now));
            let calls = written.iter().flat_map(|(second, good, bad)| {
                let each = |count: u64, bad: bool| (0..count).map(move |_| (*second, bad));
                each(*good, false).chain(each(*bad, true))
            });
            let calls: Vec<(i64, bool)> = calls.collect();
            let counted = |seconds: i64| {
                let within: Vec<bool> =
                    calls.iter().filter(|(at, _)| now - at < seconds && *at <= now).map(|(_, bad)| *bad).collect();
                let bad = within.iter().filter(|bad| **bad).count();
                (!within.is_empty()).then(|| bad as f64 / within.len() as f64 / share)
            };
            prop_assert_eq!(burn.used, counted(window as i64));
            for alert in burn.alerts {
                prop_assert_eq!(alert.long, counted(alert.long_s));
                prop_assert_eq!(alert.short, counted(alert.short_s));
                let both = [alert.long, alert.short].into_iter().all(|rate| rate.is_some_and(|rate| rate >= alert.threshold));
                prop_assert_eq!(alert.fires, both);
            }
        }
    }
}
