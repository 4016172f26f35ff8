//! The objectives of the target, with the measured values.

use super::markdown::{code, table, text};
use crate::report::words::{objective, outcome_of};
use crate::report::{ObjectiveOutcome, Report};

/// Returns a table, if the target has objectives.
pub(super) fn section(report: &Report) -> String {
    if report.objectives.is_empty() {
        return String::new();
    }
    let rows = report.objectives.iter().map(|one| {
        let mark = match one.outcome {
            ObjectiveOutcome::Met => "✓",
            ObjectiveOutcome::Missed => "✗",
            ObjectiveOutcome::NotMeasured => "–",
        };
        let why = one.why.as_ref().map_or_else(String::new, |why| format!("; {}", text(why)));
        vec![format!("{mark} {}", outcome_of(one)), code(&one.name), text(&objective(one)) + &why]
    });
    format!("### Objectives\n\n{}\n", table(&["Outcome", "Objective", "Limit and measured value"], rows))
}
