//! Every metric with its name, unit and help.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry, Unit};

/// Upper bounds in seconds. The objectives of an agent, 2 s and 5 s, are bounds, so that their share is exact.
const BUCKETS: [f64; 13] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0];

/// Names and values of labels. The names and the values come from target files, scenarios and the catalogue, which bounds their number.
pub(super) type Labels = Vec<(&'static str, String)>;
type Real = Gauge<f64, AtomicU64>;

/// Returns a set of labels.
pub(super) fn labels<const N: usize>(labels: [(&'static str, &str); N]) -> Labels {
    labels.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

/// Histograms of durations.
#[derive(Debug)]
pub(super) struct Durations(Family<Labels, Histogram, fn() -> Histogram>);

impl Default for Durations {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(BUCKETS)))
    }
}

impl Durations {
    /// Observes milliseconds, as seconds. A value that is no duration would spoil the sum for good.
    pub(super) fn observe(&self, labels: &Labels, ms: f64) {
        if ms.is_finite() && ms >= 0.0 {
            self.0.get_or_create(labels).observe(ms / 1000.0);
        }
    }
}

/// The metrics, by what they say.
#[derive(Debug, Default)]
pub(super) struct Families {
    pub(super) up: Family<Labels, Gauge>,
    pub(super) runs: Family<Labels, Counter>,
    pub(super) run_duration: Durations,
    pub(super) last_run: Family<Labels, Real>,
    pub(super) last_success: Family<Labels, Real>,
    pub(super) scenarios: Family<Labels, Counter>,
    pub(super) scenario_duration: Durations,
    pub(super) steps: Family<Labels, Counter>,
    pub(super) step_duration: Durations,
    pub(super) cause: Family<Labels, Gauge>,
    pub(super) incidents: Family<Labels, Counter>,
    pub(super) incident_open: Family<Labels, Gauge>,
    pub(super) finding: Family<Labels, Gauge>,
    pub(super) auth_calls: Family<Labels, Counter>,
    pub(super) auth_ratio: Family<Labels, Real>,
    pub(super) auth_last_success: Family<Labels, Real>,
    pub(super) requests: Family<Labels, Counter>,
    pub(super) budget: Family<Labels, Real>,
    pub(super) objective_met: Family<Labels, Gauge>,
    pub(super) burn_rate: Family<Labels, Real>,
    pub(super) burn_alert: Family<Labels, Gauge>,
    pub(super) period: Real,
    pub(super) started: Real,
}

impl Families {
    /// Returns the registry and the metrics in it. The registry writes the unit, and `_total` after the name of a counter.
    pub(super) fn registered() -> (Registry, Self) {
        let (mut registry, all) = (Registry::with_prefix("fivewhys"), Self::default());
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that watches", version);
        all.register_runs(&mut registry);
        all.register_causes(&mut registry);
        all.register_auth(&mut registry);
        all.register_objectives(&mut registry);
        seconds(&mut registry, "period", "Time between the starts of two runs, without jitter", &all.period);
        seconds(&mut registry, "start_timestamp", "When this process began to watch", &all.started);
        (registry, all)
    }

    fn register_runs(&self, to: &mut Registry) {
        to.register("up", "1 if the last run passed, 0 if it failed or tested nothing", self.up.clone());
        to.register("runs", "Runs by end, also those before a restart", self.runs.clone());
        seconds(to, "run_duration", "Duration of a run with its diagnosis", &self.run_duration.0);
        seconds(to, "last_run_timestamp", "When the last run began", &self.last_run);
        seconds(to, "last_success_timestamp", "When the last run that passed began", &self.last_success);
        to.register("scenario_runs", "Runs of a scenario by outcome", self.scenarios.clone());
        seconds(to, "scenario_duration", "Duration of all steps of a scenario", &self.scenario_duration.0);
        to.register("step_runs", "Runs of a step by outcome", self.steps.clone());
        seconds(to, "step_duration", "Duration of a step that was sent, whatever its outcome", &self.step_duration.0);
        to.register("requests", "Requests that were sent, also those before a restart", self.requests.clone());
        let budget = "Share of the run budget that the last run used";
        to.register_with_unit("budget_used", budget, Unit::Other("ratio".to_owned()), self.budget.clone());
    }

    fn register_causes(&self, to: &mut Registry) {
        to.register("cause", "1 while the open incident has this cause", self.cause.clone());
        to.register("incidents_opened", "Incidents that opened, also those before a restart", self.incidents.clone());
        to.register("incident_open", "1 while an incident is open", self.incident_open.clone());
        to.register("finding", "1 while the last run has this finding", self.finding.clone());
    }

    fn register_objectives(&self, to: &mut Registry) {
        let met = "1 if the last run that tested anything met the objective, 0 if it missed it";
        to.register("objective_met", met, self.objective_met.clone());
        let rate = "How fast the error budget of an objective is used up: at 1, exactly at the end of its window";
        to.register("objective_burn_rate", rate, self.burn_rate.clone());
        let alert = "1 while an error budget is used up too fast over a long and a short window";
        to.register("objective_burn_alert", alert, self.burn_alert.clone());
    }

    fn register_auth(&self, to: &mut Registry) {
        let calls = "Calls whose token the auth service must accept, by result";
        to.register("service_auth_calls", calls, self.auth_calls.clone());
        let ratio = "Share of the accepted calls in the last run that needed the auth service";
        to.register_with_unit("service_auth_success", ratio, Unit::Other("ratio".to_owned()), self.auth_ratio.clone());
        let last = "When a token last passed the auth service";
        seconds(to, "service_auth_last_success_timestamp", last, &self.auth_last_success);
    }
}

fn seconds<M: Metric + Clone>(to: &mut Registry, name: &str, help: &str, metric: &M) {
    to.register_with_unit(name, help, Unit::Seconds, metric.clone());
}
