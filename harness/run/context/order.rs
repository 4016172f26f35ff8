//! The order in which scenarios are driven: negative controls last, because refused tokens open breakers and fill caches.

use crate::scenario::Scenario;

/// The order in which they are driven.
pub(crate) fn order(scenarios: &[Scenario]) -> Vec<&Scenario> {
    let (controls, others) = parted(scenarios);
    others.into_iter().chain(controls).collect()
}

/// Those with controls, and the others.
pub(crate) fn parted(scenarios: &[Scenario]) -> (Vec<&Scenario>, Vec<&Scenario>) {
    scenarios.iter().partition(|one| has_controls(one))
}

fn has_controls(scenario: &Scenario) -> bool {
    scenario.steps.iter().any(|step| step.expect.refused)
}
