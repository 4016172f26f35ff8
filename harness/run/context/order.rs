//! The order of the scenarios: those with negative controls last, because refused tokens open circuit breakers and fill
//! caches.

use crate::scenario::Scenario;

/// Returns the scenarios in the order in which they run.
pub(crate) fn order(scenarios: &[Scenario]) -> Vec<&Scenario> {
    let (controls, others) = parted(scenarios);
    others.into_iter().chain(controls).collect()
}

/// Returns the scenarios with negative controls, and the others.
pub(crate) fn parted(scenarios: &[Scenario]) -> (Vec<&Scenario>, Vec<&Scenario>) {
    scenarios.iter().partition(|one| has_controls(one))
}

fn has_controls(scenario: &Scenario) -> bool {
    scenario.steps.iter().any(|step| step.expect.refused)
}
