//! An objective as a target file has it.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::config::telemetry::collector::Collector;
use crate::config::telemetry::objective::{Bound, Covers, ErrorBudget, Measure, Objective, Unit};
use crate::document::values::{EndpointId, Period, written_as_text};
use crate::document::written::OneOrMany;

/// The window of an error budget when none is written: that of the SRE workbook, chapter 5.
const USUAL_WINDOW_DAYS: u64 = 30;
const SECONDS_OF_A_DAY: u64 = 86_400;

/// A limit as written: a share or a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum WrittenLimit {
    /// From 0 to 1.
    Share(f64),
    Milliseconds(f64),
}

written_as_text! {
    /// A percentage such as `0 %` or `99.5 %`, or a duration such as `250ms` or `5s`.
    LimitText(WrittenLimit) like "^[0-9]" = limit
}
written_as_text! {
    /// A percentage from 0 to 100: `0.1 %`.
    Percentage(f64) like "^[0-9.]+ ?%$" = share
}
written_as_text! {
    /// `SCENARIO/STEP`.
    StepName(String) like "^[^/]+/[^/]+$" = step_name
}
written_as_text! {
    /// `environment`, or the base URL of an OTLP/HTTP endpoint.
    CollectorText(Collector) like "^(environment$|https?://)" = str::parse
}

fn limit(text: &str) -> Result<WrittenLimit, String> {
    if text.ends_with('%') {
        return share(text).map(WrittenLimit::Share);
    }
    let period = humantime::parse_duration(text).ok().filter(|period| !period.is_zero());
    let wrong = || format!("`{text}` is neither a percentage such as `0.1 %` nor a duration such as `250ms` or `5s`");
    period.map(|period| WrittenLimit::Milliseconds(period.as_secs_f64() * 1000.0)).ok_or_else(wrong)
}

fn share(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').map(str::trim_end).and_then(|number| number.parse::<f64>().ok());
    let percent = number.filter(|percent| (0.0..=100.0).contains(percent));
    percent.map(|percent| percent / 100.0).ok_or_else(|| format!("`{text}` is not a percentage from 0 % to 100 %"))
}

fn step_name(text: &str) -> Result<String, String> {
    match text.split_once('/') {
        Some((scenario, step)) if !scenario.is_empty() && !step.is_empty() && !step.contains('/') => {
            Ok(text.to_owned())
        }
        _ => Err(format!("a step is named `SCENARIO/STEP`, not `{text}`")),
    }
}

/// An objective: a limit on what a run measures.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectiveLayer {
    /// What it limits: `latency` (the slowest call), `first-event` (the slowest first event of a stream or socket), `success` (the share of the calls that did what their step expects) or `auth-errors` (the share of the calls with a token that authentication refused or failed on).
    #[serde(default)]
    pub(crate) measure: Option<Measure>,
    /// The endpoints whose calls it covers, one or a list. When absent: every endpoint.
    #[serde(default)]
    pub(crate) endpoint: Option<OneOrMany<EndpointId>>,
    /// The scenarios whose calls it covers, one or a list. When absent: every scenario.
    #[serde(default)]
    pub(crate) scenario: Option<OneOrMany<String>>,
    /// The steps that it covers, one or a list of `SCENARIO/STEP`. When absent: every step.
    #[serde(default)]
    pub(crate) step: Option<OneOrMany<StepName>>,
    /// The limit of `latency` and `first-event` (a duration) and of `auth-errors` (a percentage): `5s`, `0 %`.
    #[serde(default)]
    pub(crate) at_most: Option<LimitText>,
    /// The limit of `success`: `99.5 %`.
    #[serde(default)]
    pub(crate) at_least: Option<LimitText>,
    /// The share of the calls that may miss the limit within `window`, for example `0.1 %`. `fivewhys watch` computes how fast it is used up.
    #[serde(default)]
    pub(crate) budget: Option<Percentage>,
    /// The time for which `budget` holds. `30d` when absent.
    #[serde(default)]
    pub(crate) window: Option<Period>,
}

impl ObjectiveLayer {
    /// Takes over every value that `later` has.
    pub(crate) fn take(&mut self, later: Self) {
        let Self { measure, endpoint, scenario, step, at_most, at_least, budget, window } = later;
        replace(&mut self.measure, measure);
        replace(&mut self.endpoint, endpoint);
        replace(&mut self.scenario, scenario);
        replace(&mut self.step, step);
        replace(&mut self.at_most, at_most);
        replace(&mut self.at_least, at_least);
        replace(&mut self.budget, budget);
        replace(&mut self.window, window);
    }

    /// Returns the objective.
    ///
    /// # Errors
    /// When the measure or its limit is missing, or a value does not belong to the measure.
    pub(crate) fn resolve(self, name: &str, source: String) -> Result<Objective, String> {
        let objective = format!("the objective `{name}`");
        let names: Vec<&str> = Measure::ALL.iter().map(|measure| measure.as_str()).collect();
        let measure = self.measure.ok_or_else(|| format!("{objective} has no `measure`: {}", names.join(", ")))?;
        let (key, written, other, unfit) = match measure.bound() {
            Bound::AtMost => ("at_most", self.at_most, "at_least", self.at_least),
            Bound::AtLeast => ("at_least", self.at_least, "at_most", self.at_most),
        };
        if unfit.is_some() {
            return Err(format!("{objective} has `{other}`: `{measure}` is limited by `{key}`"));
        }
        let limit = match (written.map(|text| text.0), measure.unit()) {
            (Some(WrittenLimit::Share(share)), Unit::Share) => share,
            (Some(WrittenLimit::Milliseconds(ms)), Unit::Milliseconds) => ms,
            (None, _) => return Err(format!("{objective} has no `{key}`")),
            (_, Unit::Share) => return Err(format!("{objective} needs a percentage as `{key}`, such as `1 %`")),
            (_, Unit::Milliseconds) => return Err(format!("{objective} needs a duration as `{key}`, such as `5s`")),
        };
        let budget = budget(self.budget, self.window).map_err(|flaw| format!("{objective} {flaw}"))?;
        let covers = Covers {
            endpoints: self.endpoint.unwrap_or_default().0.into_iter().map(|id| id.0).collect(),
            scenarios: self.scenario.unwrap_or_default().0,
            steps: self.step.unwrap_or_default().0.into_iter().map(|step| step.0).collect(),
        };
        Ok(Objective { name: name.to_owned(), measure, covers, bound: measure.bound(), limit, budget, source })
    }
}

fn replace<T>(old: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *old = new;
    }
}

fn budget(share: Option<Percentage>, window: Option<Period>) -> Result<Option<ErrorBudget>, String> {
    let usual = std::time::Duration::from_secs(USUAL_WINDOW_DAYS * SECONDS_OF_A_DAY);
    match (share.map(|share| share.0), window.map(|window| window.0)) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err("has a `window` and no `budget`".to_owned()),
        (Some(share), window) if share > 0.0 && share < 1.0 => {
            Ok(Some(ErrorBudget { share, window: window.unwrap_or(usual) }))
        }
        (Some(_), _) => Err("needs a `budget` above 0 % and below 100 %".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::ObjectiveLayer;
    use crate::config::telemetry::objective::{Bound, Objective};

    fn read(text: &str) -> Result<Objective, String> {
        let layer: ObjectiveLayer = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        layer.resolve("fast", "f.toml:1".to_owned())
    }

    #[rstest]
    #[case::time("measure = 'latency'\nat_most = '5s'", Bound::AtMost, 5000.0)]
    #[case::share("measure = 'auth-errors'\nat_most = '0 %'", Bound::AtMost, 0.0)]
    #[case::without_a_space("measure = 'success'\nat_least = '99.5%'", Bound::AtLeast, 0.995)]
    fn a_limit_has_the_unit_of_its_measure(#[case] text: &str, #[case] bound: Bound, #[case] limit: f64) {
        let objective = read(text).unwrap();
        assert_eq!((objective.bound, objective.limit), (bound, limit));
    }

    #[rstest]
    #[case::no_measure("at_most = '5s'", "has no `measure`")]
    #[case::no_limit("measure = 'latency'", "has no `at_most`")]
    #[case::other_bound("measure = 'success'\nat_most = '1 %'", "limited by `at_least`")]
    #[case::share_of_a_time("measure = 'latency'\nat_most = '5 %'", "needs a duration")]
    #[case::time_of_a_share("measure = 'auth-errors'\nat_most = '5s'", "needs a percentage")]
    #[case::no_unit("measure = 'latency'\nat_most = '5'", "neither a percentage")]
    #[case::over_all("measure = 'success'\nat_least = '101 %'", "from 0 % to 100 %")]
    #[case::no_budget("measure = 'success'\nat_least = '99 %'\nwindow = '7d'", "no `budget`")]
    #[case::all_may_fail("measure = 'success'\nat_least = '99 %'\nbudget = '100 %'", "below 100 %")]
    #[case::step("measure = 'latency'\nat_most = '5s'\nstep = 'chat'", "SCENARIO/STEP")]
    #[case::unknown_key("measure = 'latency'\nat_most = '5s'\nof = 'chat'", "unknown field")]
    fn a_mistake_is_named(#[case] text: &str, #[case] says: &str) {
        let mistake = read(text).unwrap_err();
        assert!(mistake.contains(says), "{mistake}");
    }

    #[test]
    fn a_budget_has_a_window_of_thirty_days() {
        let budget = read("measure = 'success'\nat_least = '99 %'\nbudget = '0.1 %'").unwrap().budget.unwrap();
        assert_eq!((budget.share, budget.window.as_secs()), (0.001, 2_592_000));
    }
}
