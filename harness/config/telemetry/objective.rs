//! An objective: a limit on what a run measures.

use std::time::Duration;

use crate::terms::words;

/// The id of the scenario whose steps are the objectives. No scenario file may have it.
pub const OBJECTIVES: &str = "objectives";

words! {
    /// What an objective limits.
    pub enum Measure {
        /// The time from the start of a call to the end of its response, in milliseconds. The slowest call counts.
        Latency => "latency",
        /// The time from the request, or from the first message of a WebSocket, to the first event. The slowest counts.
        FirstEvent => "first-event",
        /// The share of the calls that did what their step expects.
        Success => "success",
        /// The share of the calls with a token that authentication refused or failed on.
        AuthErrors => "auth-errors",
    }
}

words! {
    /// The unit of a measure.
    pub enum Unit {
        /// Milliseconds.
        Milliseconds => "ms",
        /// A share from 0 to 1.
        Share => "share",
    }
}

words! {
    /// On which side of the limit the measured value must be.
    pub enum Bound {
        /// The value must not be above the limit.
        AtMost => "at-most",
        /// The value must not be below the limit.
        AtLeast => "at-least",
    }
}

/// A limit on what a run measures.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Its name, which is the id of its step in the scenario `objectives`.
    pub name: String,
    /// What it limits.
    pub measure: Measure,
    /// The calls that it covers.
    pub covers: Covers,
    /// On which side of the limit the measured value must be.
    pub bound: Bound,
    /// The limit, in the unit of the measure.
    pub limit: f64,
    /// How much may go wrong over a longer time. `None`: a watch computes no burn.
    pub budget: Option<ErrorBudget>,
    /// The file and the line where it is written.
    pub source: String,
}

/// The calls that an objective covers. An empty list covers every one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Covers {
    /// Ids of endpoints.
    pub endpoints: Vec<String>,
    /// Ids of scenarios.
    pub scenarios: Vec<String>,
    /// Steps, as `scenario/step`.
    pub steps: Vec<String>,
}

/// The share of bad measurements that a window of time may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErrorBudget {
    /// The share, above 0 and below 1.
    pub share: f64,
    /// The length of the window.
    pub window: Duration,
}

impl Measure {
    /// Returns the unit of the measured value.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Latency | Self::FirstEvent => Unit::Milliseconds,
            Self::Success | Self::AuthErrors => Unit::Share,
        }
    }

    /// Returns the side of the limit on which the value must be.
    #[must_use]
    pub const fn bound(self) -> Bound {
        match self {
            Self::Success => Bound::AtLeast,
            Self::Latency | Self::FirstEvent | Self::AuthErrors => Bound::AtMost,
        }
    }
}

impl Covers {
    /// Reports whether a step is covered.
    #[must_use]
    pub fn step(&self, scenario: &str, step: &str, endpoint: &str) -> bool {
        let names = |list: &[String], name: &str| list.is_empty() || list.iter().any(|one| one == name);
        let is_step = |one: &String| one.split_once('/') == Some((scenario, step));
        names(&self.endpoints, endpoint)
            && names(&self.scenarios, scenario)
            && (self.steps.is_empty() || self.steps.iter().any(is_step))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Covers;

    #[rstest]
    #[case::everything(&[], &[], &[], true)]
    #[case::its_endpoint(&["backend.chat"], &[], &[], true)]
    #[case::another_endpoint(&["backend.threads"], &[], &[], false)]
    #[case::its_scenario(&[], &["chat"], &[], true)]
    #[case::its_step(&[], &[], &["chat/send"], true)]
    #[case::another_step(&[], &[], &["chat/read"], false)]
    #[case::its_endpoint_in_another_scenario(&["backend.chat"], &["threads"], &[], false)]
    fn every_given_list_must_name_the_step(
        #[case] endpoints: &[&str],
        #[case] scenarios: &[&str],
        #[case] steps: &[&str],
        #[case] covered: bool,
    ) {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let covers = Covers { endpoints: list(endpoints), scenarios: list(scenarios), steps: list(steps) };
        assert_eq!(covers.step("chat", "send", "backend.chat"), covered);
    }
}
