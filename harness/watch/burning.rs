//! The error budgets of a target: what its runs measured of each objective, and how fast the budget is used up.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::config::{ErrorBudget, Objective};
use crate::objectives::{Burn, Sample, burn};
use crate::report::ObjectiveReport;
use crate::watch::state::Watched;

/// One objective with an error budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Burning {
    /// The objective's name.
    pub name: String,
    /// What the runs measured, oldest first. Samples older than six hours are kept by the hour.
    pub samples: VecDeque<Sample>,
    /// How fast the budget is used up, at the end of the last run.
    pub burn: Option<Burn>,
}

/// Samples of this age are kept one by one: the longest of the short windows.
const SINGLE: SignedDuration = SignedDuration::from_hours(6);
/// Older samples of the same hour are joined.
const HOUR_S: i64 = 3600;
/// The longest window of an alert.
const LONGEST_ALERT: SignedDuration = SignedDuration::from_hours(72);

impl Watched {
    /// Takes what a run measured, and computes how fast each error budget is used up. Objectives that the target no longer has are left
    /// out. A run that tested nothing measured nothing.
    pub(crate) fn take_objectives(&mut self, written: &[Objective], measured: &[ObjectiveReport], at: Timestamp) {
        if !measured.is_empty() {
            self.measured = measured.to_vec();
        }
        self.measured.retain(|one| written.iter().any(|objective| objective.name == one.name));
        self.objectives.retain(|one| written.iter().any(|objective| objective.name == one.name));
        let budgets = written.iter().filter_map(|objective| Some((objective, objective.budget?)));
        for (objective, budget) in budgets {
            let measured = measured.iter().find(|one| one.name == objective.name);
            let sample = measured.filter(|one| one.calls > 0).map(|one| {
                let bad = one.bad as u64;
                Sample { at, good: (one.calls as u64).saturating_sub(bad), bad }
            });
            self.burning(&objective.name).take(sample, budget, at);
        }
    }

    fn burning(&mut self, name: &str) -> &mut Burning {
        let place = self.objectives.iter().position(|one| one.name == name).unwrap_or(self.objectives.len());
        if place == self.objectives.len() {
            self.objectives.push(Burning { name: name.to_owned(), samples: VecDeque::new(), burn: None });
        }
        &mut self.objectives[place]
    }
}

impl Burning {
    fn take(&mut self, sample: Option<Sample>, budget: ErrorBudget, now: Timestamp) {
        self.samples.extend(sample);
        self.forget(budget, now);
        self.burn = Some(burn(self.samples.make_contiguous(), budget, now));
    }

    /// Drops samples that no window holds, and joins old ones of the same hour.
    fn forget(&mut self, budget: ErrorBudget, now: Timestamp) {
        let window = SignedDuration::try_from(budget.window).unwrap_or(SignedDuration::MAX).max(LONGEST_ALERT);
        let since = |sample: &Sample| now.duration_since(sample.at);
        let mut kept: VecDeque<Sample> = VecDeque::with_capacity(self.samples.len());
        for sample in self.samples.drain(..).filter(|sample| since(sample) < window) {
            let hour = |one: &Sample| one.at.as_second().div_euclid(HOUR_S);
            match kept.back_mut().filter(|last| since(&sample) >= SINGLE && hour(last) == hour(&sample)) {
                Some(last) => {
                    last.good = last.good.saturating_add(sample.good);
                    last.bad = last.bad.saturating_add(sample.bad);
                }
                None => kept.push_back(sample),
            }
        }
        self.samples = kept;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{Bound, Covers, Measure, Unit};
    use crate::report::ObjectiveOutcome;

    fn objective(budget: Option<f64>) -> Objective {
        Objective {
            name: "served".to_owned(),
            measure: Measure::Success,
            covers: Covers::default(),
            bound: Bound::AtLeast,
            limit: 0.99,
            budget: budget.map(|share| ErrorBudget { share, window: Duration::from_secs(30 * 86_400) }),
            source: "fivewhys.toml:1".to_owned(),
        }
    }

    fn measured(bad: usize) -> ObjectiveReport {
        ObjectiveReport {
            name: "served".to_owned(),
            measure: Measure::Success,
            unit: Unit::Share,
            bound: Bound::AtLeast,
            limit: 0.99,
            value: Some(1.0),
            calls: 10,
            bad,
            outcome: ObjectiveOutcome::Met,
            why: None,
            missed_by: Vec::new(),
            cause: None,
        }
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).expect("a time")
    }

    #[test]
    fn a_month_of_runs_is_kept_by_the_hour() {
        let mut watched = Watched::default();
        let month = 30 * 24 * 60;
        for run in 0..2 * month / 10 {
            watched.take_objectives(&[objective(Some(0.01))], &[measured(usize::from(run % 10 == 0))], at(run * 10));
        }
        let kept = &watched.objectives[0];
        assert!(kept.samples.len() <= 6 * 6 + 30 * 24 + 1, "{} samples", kept.samples.len());
        let all: u64 = kept.samples.iter().map(|sample| sample.good + sample.bad).sum();
        assert!(all.abs_diff(month as u64) <= 60, "{all} calls");
        let used = kept.burn.as_ref().and_then(|burn| burn.used).expect("calls");
        assert!((used - 1.0).abs() < 0.01, "one call of a hundred is bad: {used}");
    }

    #[test]
    fn without_a_budget_only_the_last_value_is_kept() {
        let mut watched = Watched::default();
        watched.take_objectives(&[objective(None)], &[measured(1)], at(1));
        assert!(watched.objectives.is_empty());
        assert_eq!(watched.measured, [measured(1)]);
        watched.take_objectives(&[objective(None)], &[], at(1));
        assert_eq!(watched.measured, [measured(1)], "a run that tested nothing");
        watched.take_objectives(&[objective(Some(0.01))], &[measured(1)], at(2));
        assert!(watched.objectives[0].burn.as_ref().is_some_and(Burn::fires));
        watched.take_objectives(&[], &[], at(3));
        assert!(watched.objectives.is_empty() && watched.measured.is_empty());
    }
}
