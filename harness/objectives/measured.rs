//! The measured value of each objective, whether it keeps the limit, and the causes that explain a missed one.

use std::collections::BTreeSet;

use crate::config::{Bound, OBJECTIVES, Objective, Target, Unit};
use crate::diagnose::Cause;
use crate::objectives::readings::{Call, Reading, calls};
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
    let calls = calls(target, scenarios, probes, causes);
    target.objectives.iter().map(|objective| measured(objective, &calls)).collect()
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

fn measured(objective: &Objective, calls: &[Call<'_>]) -> ObjectiveReport {
    let readings: Vec<Reading> = calls.iter().filter_map(|call| call.reading(objective)).collect();
    let bad: Vec<&Reading> = readings.iter().filter(|reading| reading.bad).collect();
    let value = value(objective, &readings);
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
        calls: readings.len(),
        bad: bad.len(),
        outcome,
        why: value.is_none().then(|| "no call that it covers showed the value".to_owned()),
        missed_by: bad.iter().map(|reading| reading.step.clone()).collect(),
        cause: None,
    }
}

/// Returns the longest time or the share. `None`: nothing was measured.
fn value(objective: &Objective, readings: &[Reading]) -> Option<f64> {
    if readings.is_empty() {
        return None;
    }
    let bad = readings.iter().filter(|reading| reading.bad).count();
    let share = |part: usize| part as f64 / readings.len() as f64;
    Some(match (objective.measure.unit(), objective.bound) {
        (Unit::Milliseconds, _) => readings.iter().map(|reading| reading.ms).fold(0.0, f64::max),
        (Unit::Share, Bound::AtMost) => share(bad),
        (Unit::Share, Bound::AtLeast) => share(readings.len() - bad),
    })
}
