//! A run with objectives: one that a cause explains, one that none explains, one that is met, and one without a value.

use super::{certain, step};
use crate::config::{Bound, Measure, OBJECTIVES};
use crate::report::{ObjectiveOutcome, ObjectiveReport, Report, ScenarioReport, StepOutcome, StepReport, objective};

/// Objectives beside one certain cause, and failed steps with links to their traces.
pub(crate) fn objectives() -> Report {
    let mut report = certain();
    let explained = report.causes[0].explains.clone();
    report.objectives = vec![
        ObjectiveReport {
            bad: explained.len(),
            missed_by: explained,
            cause: Some(0),
            ..one("service-auth", Measure::AuthErrors, 0.0, Some(1.0 / 3.0))
        },
        ObjectiveReport {
            bad: 1,
            missed_by: vec!["health/send".to_owned()],
            ..one("agent-response", Measure::Latency, 5000.0, Some(7212.0))
        },
        one("first-event", Measure::FirstEvent, 2000.0, Some(41.0)),
        ObjectiveReport {
            calls: 0,
            why: Some("no call that it covers showed the value".to_owned()),
            ..one("served", Measure::Success, 0.95, None)
        },
    ];
    report.causes[0].explains.push("objectives/service-auth".to_owned());
    let steps: Vec<StepReport> = report.objectives.iter().zip(40..).map(|(one, line)| of(one, line)).collect();
    for step in report.scenarios.iter_mut().flat_map(|scenario| &mut scenario.steps) {
        let failed = step.outcome == StepOutcome::Failed;
        step.trace_url = failed.then(|| "https://t.example/trace/0af7651916cd43dd8448eb211c80319c".to_owned());
    }
    report.scenarios.push(ScenarioReport {
        id: OBJECTIVES.to_owned(),
        title: "Every objective of the target is met".to_owned(),
        outcome: StepOutcome::Failed,
        steps,
        cause: Some(0),
    });
    report
}

fn one(name: &str, measure: Measure, limit: f64, value: Option<f64>) -> ObjectiveReport {
    let outcome = match value {
        None => ObjectiveOutcome::NotMeasured,
        Some(value) if (measure.bound() == Bound::AtMost) == (value <= limit) => ObjectiveOutcome::Met,
        Some(_) => ObjectiveOutcome::Missed,
    };
    ObjectiveReport {
        name: name.to_owned(),
        measure,
        unit: measure.unit(),
        bound: measure.bound(),
        limit,
        value,
        calls: 6,
        bad: 0,
        outcome,
        why: None,
        missed_by: Vec::new(),
        cause: None,
    }
}

fn of(one: &ObjectiveReport, line: u32) -> StepReport {
    let (outcome, because) = match one.outcome {
        ObjectiveOutcome::Met => (StepOutcome::Passed, None),
        ObjectiveOutcome::NotMeasured => (StepOutcome::Skipped, one.why.clone()),
        ObjectiveOutcome::Missed => (StepOutcome::Failed, Some(format!("{} of 6 calls missed it", one.bad))),
    };
    StepReport {
        outcome,
        exchange: None,
        because: because.into_iter().collect(),
        source: format!("fivewhys.toml:{line}"),
        took_ms: None,
        ..step(&one.name, &objective(one), line as usize)
    }
}
