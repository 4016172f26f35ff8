//! What calls measured of each objective, call by call: a run with many users keeps few of its exchanges.

use crate::config::{Bound, Objective, Unit};
use crate::objectives::readings::{Call, Reading};
use crate::report::{ObjectiveOutcome, ObjectiveReport};

/// The sums over calls, in the order of the objectives of the target.
#[derive(Debug, Default)]
pub(crate) struct Tally(Vec<Sum>);

/// The sum of one objective.
#[derive(Debug, Default, Clone)]
struct Sum {
    calls: usize,
    bad: usize,
    longest_ms: f64,
    /// The steps with a bad call, as `scenario/step`, each once.
    missed_by: Vec<String>,
}

impl Tally {
    /// Takes a call.
    pub(crate) fn take(&mut self, objectives: &[Objective], call: &Call<'_>) {
        self.0.resize(objectives.len(), Sum::default());
        for (sum, objective) in self.0.iter_mut().zip(objectives) {
            if let Some(reading) = call.reading(objective) {
                sum.add(&reading, call);
            }
        }
    }

    /// Adds what another run measured, for example a shard.
    pub(crate) fn add(&mut self, objectives: &[Objective], reports: &[ObjectiveReport]) {
        self.0.resize(objectives.len(), Sum::default());
        for (sum, objective) in self.0.iter_mut().zip(objectives) {
            let Some(report) = reports.iter().find(|report| report.name == objective.name) else { continue };
            let ms = report.value.filter(|_| report.unit == Unit::Milliseconds).unwrap_or_default();
            (sum.calls, sum.bad, sum.longest_ms) =
                (sum.calls + report.calls, sum.bad + report.bad, sum.longest_ms.max(ms));
            report.missed_by.iter().for_each(|step| sum.missed(step.clone()));
        }
    }

    /// Returns the measured value of each objective, and whether it keeps the limit.
    pub(crate) fn reports(&self, objectives: &[Objective]) -> Vec<ObjectiveReport> {
        let sums = self.0.iter().cloned().chain(std::iter::repeat(Sum::default()));
        objectives.iter().zip(sums).map(|(objective, sum)| sum.report(objective)).collect()
    }
}

impl Sum {
    fn add(&mut self, reading: &Reading, call: &Call<'_>) {
        self.calls += 1;
        self.longest_ms = self.longest_ms.max(reading.ms);
        if reading.bad {
            self.bad += 1;
            self.missed(format!("{}/{}", call.scenario, call.step));
        }
    }

    fn missed(&mut self, step: String) {
        if !self.missed_by.contains(&step) {
            self.missed_by.push(step);
        }
    }

    fn report(self, objective: &Objective) -> ObjectiveReport {
        let value = self.value(objective);
        let kept = |value: f64| match objective.bound {
            Bound::AtMost => value <= objective.limit,
            Bound::AtLeast => value >= objective.limit,
        };
        let outcome = match value {
            None => ObjectiveOutcome::NotMeasured,
            Some(value) if kept(value) => ObjectiveOutcome::Met,
            Some(_) => ObjectiveOutcome::Missed,
        };
        ObjectiveReport {
            name: objective.name.clone(),
            measure: objective.measure,
            unit: objective.measure.unit(),
            bound: objective.bound,
            limit: objective.limit,
            value,
            calls: self.calls,
            bad: self.bad,
            outcome,
            why: value.is_none().then(|| "no call that it covers showed the value".to_owned()),
            missed_by: self.missed_by,
            cause: None,
        }
    }

    /// Returns the longest time or the share. `None`: nothing was measured.
    fn value(&self, objective: &Objective) -> Option<f64> {
        let share = |part: usize| part as f64 / self.calls as f64;
        (self.calls > 0).then(|| match (objective.measure.unit(), objective.bound) {
            (Unit::Milliseconds, _) => self.longest_ms,
            (Unit::Share, Bound::AtMost) => share(self.bad),
            (Unit::Share, Bound::AtLeast) => share(self.calls - self.bad),
        })
    }
}
