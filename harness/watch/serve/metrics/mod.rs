//! What `/metrics` says, in the OpenMetrics text format.
//!
//! Start at [`Metrics`].
//!
//! - `families`: every metric with its name, unit and help
//! - `tests`: the text, and how it changes from run to run
//!
//! Invariant: a counter never falls while the process lives. Each run is counted once, though a watch keeps it for a while only.

mod families;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

use self::families::{Families, labels};
use crate::report::{ObjectiveOutcome, StepOutcome};
use crate::watch::state::{AuthCalls, End, Ran, ScenarioRan, State, Totals, Watched};

/// The metrics of one process.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    families: Families,
    /// How many runs of each target are counted, also those of an earlier process.
    counted: HashMap<String, u64>,
}

impl Metrics {
    /// Returns the metrics with the runs that this process has finished. Those of an earlier process are in the totals only: a counter that
    /// starts anew must start from zero, as Prometheus adds what it finds.
    pub(super) fn of(state: &State) -> Self {
        let (registry, families) = Families::registered();
        let mut metrics = Self { registry, families, counted: HashMap::new() };
        metrics.learn(state);
        metrics
    }

    /// Counts the runs that are new in this state, and describes the present.
    pub(super) fn learn(&mut self, state: &State) {
        let families = &self.families;
        families.cause.clear();
        families.finding.clear();
        families.objective_met.clear();
        families.period.set(state.every.as_secs_f64());
        families.started.set(seconds(state.since));
        for target in &state.targets {
            let total = target.totals.passed + target.totals.failed + target.totals.untested;
            let before = self.counted.insert(target.name.clone(), total);
            for run in fresh(target, before.map(|before| total.saturating_sub(before)), state.since) {
                families.count(&target.name, run);
            }
            families.total(&target.name, &target.totals);
            families.describe(target);
        }
    }

    /// Returns the text of all metrics.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a string takes every text");
        text
    }
}

/// Returns the runs that are not counted yet: the last `new` ones, or those of this process if the target is seen for the first time.
fn fresh(target: &Watched, new: Option<u64>, since: Timestamp) -> impl Iterator<Item = &Ran> {
    let kept = target.runs.len();
    let skipped = match new {
        Some(new) => kept.saturating_sub(usize::try_from(new).unwrap_or(kept)),
        None => target.runs.iter().take_while(|run| run.at < since).count(),
    };
    target.runs.iter().skip(skipped)
}

impl Families {
    /// Counts one run.
    fn count(&self, target: &str, run: &Ran) {
        self.run_duration.observe(&labels([("target", target)]), run.took_ms);
        for scenario in &run.scenarios {
            self.count_scenario(target, scenario);
        }
        if let Some(AuthCalls { sent, accepted }) = run.auth {
            let count = |result, calls| {
                self.auth_calls.get_or_create(&labels([("target", target), ("result", result)])).inc_by(calls);
            };
            count("accepted", accepted);
            count("refused", sent.saturating_sub(accepted));
        }
    }

    fn count_scenario(&self, target: &str, scenario: &ScenarioRan) {
        let of = [("target", target), ("scenario", scenario.id.as_str())];
        self.scenarios.get_or_create(&labels([of[0], of[1], ("outcome", word(scenario.outcome))])).inc();
        let took = scenario.steps.iter().filter_map(|step| step.took_ms).reduce(|all, one| all + one);
        if let Some(took) = took {
            self.scenario_duration.observe(&labels(of), took);
        }
        for step in &scenario.steps {
            let id = ("step", step.id.as_str());
            self.steps.get_or_create(&labels([of[0], of[1], id, ("outcome", word(step.outcome))])).inc();
            if let Some(took) = step.took_ms {
                self.step_duration.observe(&labels([of[0], of[1], id]), took);
            }
        }
    }

    /// Raises the counters to what the watch has counted since its first start.
    fn total(&self, target: &str, totals: &Totals) {
        let ends = [("passed", totals.passed), ("failed", totals.failed), ("untested", totals.untested)];
        for (end, count) in ends {
            raise(&self.runs.get_or_create(&labels([("target", target), ("end", end)])), count);
        }
        raise(&self.requests.get_or_create(&labels([("target", target)])), totals.requests);
    }

    /// Sets what is true now.
    fn describe(&self, target: &Watched) {
        let of = labels([("target", target.name.as_str())]);
        let incident = target.incidents.back();
        let open = incident.filter(|incident| incident.cured.is_none());
        raise(&self.incidents.get_or_create(&of), incident.map_or(0, |incident| incident.number));
        self.incident_open.get_or_create(&of).set(i64::from(open.is_some()));
        for cause in open.iter().flat_map(|incident| &incident.causes) {
            let certainty = ("certainty", cause.certainty.as_str());
            let cause = [("target", target.name.as_str()), ("hop", &cause.hop), ("fault", &cause.fault), certainty];
            self.cause.get_or_create(&labels(cause)).set(1);
        }
        if let Some(at) = target.auth_last_success {
            self.auth_last_success.get_or_create(&of).set(seconds(at));
        }
        self.describe_runs(target);
        self.describe_objectives(target);
    }

    fn describe_objectives(&self, target: &Watched) {
        for one in target.measured.iter().filter(|one| one.outcome != ObjectiveOutcome::NotMeasured) {
            let of = labels([("target", target.name.as_str()), ("objective", one.name.as_str())]);
            self.objective_met.get_or_create(&of).set(i64::from(one.outcome == ObjectiveOutcome::Met));
        }
        for objective in &target.objectives {
            let of = [("target", target.name.as_str()), ("objective", objective.name.as_str())];
            let Some(burn) = &objective.burn else { continue };
            self.burn_alert.get_or_create(&labels(of)).set(i64::from(burn.fires()));
            for alert in &burn.alerts {
                let hours = format!("{}h", alert.long_s / 3600);
                let rate = self.burn_rate.get_or_create(&labels([of[0], of[1], ("window", &hours)]));
                rate.set(alert.long.unwrap_or(0.0));
            }
        }
    }

    fn describe_runs(&self, target: &Watched) {
        let of = labels([("target", target.name.as_str())]);
        if let Some(passed) = target.runs.iter().rfind(|run| run.end == End::Passed) {
            self.last_success.get_or_create(&of).set(seconds(passed.at));
        }
        let Some(last) = target.runs.back() else { return };
        self.up.get_or_create(&of).set(i64::from(last.end == End::Passed));
        self.last_run.get_or_create(&of).set(seconds(last.at));
        self.budget.get_or_create(&of).set(last.budget_used);
        for finding in &last.findings {
            self.finding.get_or_create(&labels([("target", target.name.as_str()), ("finding", finding)])).set(1);
        }
        let auth = target.runs.iter().rev().find_map(|run| run.auth.filter(|calls| calls.sent > 0));
        if let Some(AuthCalls { sent, accepted }) = auth {
            self.auth_ratio.get_or_create(&of).set(accepted as f64 / sent as f64);
        }
    }
}

/// Raises a counter to this value. It never falls.
fn raise(counter: &Counter, to: u64) {
    counter.inc_by(to.saturating_sub(counter.get()));
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

const fn word(outcome: StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Passed => "passed",
        StepOutcome::Failed => "failed",
        StepOutcome::Known => "known",
        StepOutcome::Skipped => "skipped",
    }
}
