//! The objectives as steps of a scenario, so that a missed one fails the run as a failed step does.

use crate::config::{KnownFailure, OBJECTIVES, Objective, Target};
use crate::report::{ObjectiveOutcome, ObjectiveReport, ScenarioReport, StepOutcome, StepReport, objective};

/// Returns the scenario, with one step for each objective. `None`: the target has none.
pub(crate) fn scenario(
    target: &Target,
    measured: &[ObjectiveReport],
    today: jiff::civil::Date,
) -> Option<ScenarioReport> {
    if measured.is_empty() {
        return None;
    }
    let steps: Vec<StepReport> =
        target.objectives.iter().zip(measured).map(|(written, one)| step(target, written, one, today)).collect();
    let any = |outcome| steps.iter().any(|step| step.outcome == outcome);
    let outcome = [StepOutcome::Failed, StepOutcome::Known, StepOutcome::Passed].into_iter().find(|one| any(*one));
    Some(ScenarioReport {
        id: OBJECTIVES.to_owned(),
        title: "Every objective of the target is met".to_owned(),
        outcome: outcome.unwrap_or(StepOutcome::Skipped),
        steps,
        cause: None,
    })
}

fn step(target: &Target, written: &Objective, measured: &ObjectiveReport, today: jiff::civil::Date) -> StepReport {
    let known = known(target, &measured.name, today).filter(|_| measured.outcome == ObjectiveOutcome::Missed);
    let (outcome, because) = match (measured.outcome, known) {
        (ObjectiveOutcome::Met, _) => (StepOutcome::Passed, None),
        (ObjectiveOutcome::NotMeasured, _) => (StepOutcome::Skipped, measured.why.clone()),
        (ObjectiveOutcome::Missed, Some(known)) => {
            (StepOutcome::Known, Some(format!("known until {}: {}", known.expires, known.reason)))
        }
        (ObjectiveOutcome::Missed, None) => (StepOutcome::Failed, Some(missed(measured))),
    };
    StepReport {
        id: measured.name.clone(),
        endpoint: written.covers.endpoints.join(", "),
        call: objective(measured),
        outcome,
        exchange: None,
        because: because.into_iter().collect(),
        tries: Vec::new(),
        flaky: false,
        already: false,
        source: written.source.clone(),
        took_ms: None,
        trace_url: None,
    }
}

/// The steps that a line names.
const NAMED: usize = 3;

/// Returns which calls missed the objective.
fn missed(measured: &ObjectiveReport) -> String {
    let named = measured.missed_by.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = measured.missed_by.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} of {} calls missed it: {named}{more}", measured.bad, measured.calls)
}

fn known<'a>(target: &'a Target, name: &str, today: jiff::civil::Date) -> Option<&'a KnownFailure> {
    let of = |known: &&KnownFailure| known.of == OBJECTIVES || known.of.split_once('/') == Some((OBJECTIVES, name));
    target.known_failures.iter().filter(|known| known.expires > today).find(of)
}
