//! The objectives of a run, and the causes that explain a missed one.

use std::collections::BTreeSet;

use crate::config::{OBJECTIVES, Target};
use crate::diagnose::Cause;
use crate::objectives::readings::calls;
use crate::objectives::tally::Tally;
use crate::report::{ObjectiveOutcome, ObjectiveReport, ProbeReport, ScenarioReport};

/// Returns every objective of the target with what the run measured.
pub(crate) fn measure(
    target: &Target,
    scenarios: &[ScenarioReport],
    probes: &[ProbeReport],
    causes: &[Cause],
) -> Vec<ObjectiveReport> {
    if target.objectives.is_empty() {
        return Vec::new();
    }
    let mut tally = Tally::default();
    calls(target, scenarios, probes, causes).iter().for_each(|call| tally.take(&target.objectives, call));
    tally.reports(&target.objectives)
}

/// Adds each missed objective to the causes that explain it. Causes must explain every step that missed it.
pub(crate) fn explain(objectives: &mut [ObjectiveReport], causes: &mut [Cause]) {
    for objective in objectives.iter_mut().filter(|one| one.outcome == ObjectiveOutcome::Missed) {
        let explains = |cause: &Cause| objective.missed_by.iter().any(|step| cause.explains.contains(step));
        let found: Vec<usize> = (0..causes.len()).filter(|n| explains(&causes[*n])).collect();
        let explained: BTreeSet<&String> = found.iter().flat_map(|n| &causes[*n].explains).collect();
        if !objective.missed_by.iter().all(|step| explained.contains(step)) {
            continue;
        }
        objective.cause = found.first().copied();
        let step = format!("{OBJECTIVES}/{}", objective.name);
        found.into_iter().for_each(|n| causes[n].explains.push(step.clone()));
    }
}
