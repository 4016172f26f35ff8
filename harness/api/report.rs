//! How a run ended.

use std::fmt;

use super::{Cause, Finding};
use crate::redact::Redactor;
use crate::report::{self, RunOutcome, StepOutcome, human, json};

/// How a run ended, with its causes and findings.
///
/// `Display` prints the report for people: 100 columns, no colour.
///
/// # Example
/// ```
/// fn assert_passed(report: &fivewhys::Report) {
///     assert!(report.passed(), "{report}");
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The exit code that `fivewhys smoke` would give: 0 passed, 1 failed and the cause is found, 3 the cause is not found, 4 what
    /// was deployed did not cause it.
    pub exit_code: u8,
    /// Why steps failed. Empty when the run passed.
    pub causes: Vec<Cause>,
    /// What is wrong although no step failed for it.
    pub findings: Vec<Finding>,
    /// Every step, in the order of the report.
    pub steps: Vec<StepResult>,
    whole: report::Report,
}

/// One step of a run.
///
/// # Example
/// ```
/// fn failed(report: &fivewhys::Report) -> Vec<&str> {
///     let failed = report.steps.iter().filter(|step| step.outcome == fivewhys::Outcome::Failed);
///     failed.map(|step| step.id.as_str()).collect()
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepResult {
    /// `scenario/step`.
    pub id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was expected and what came, where the step failed or was skipped.
    pub because: Vec<String>,
}

/// How a step ended.
///
/// # Example
/// ```
/// assert_ne!(fivewhys::Outcome::Skipped, fivewhys::Outcome::Passed); // a skipped step tested nothing
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The step came to what it must.
    Passed,
    /// The step failed.
    Failed,
    /// The step failed, and the target lists it as a known failure.
    Known,
    /// The step was not driven: evidence that it needs is not granted, or an earlier step captured nothing.
    Skipped,
}

impl Report {
    pub(crate) fn of(report: &report::Report, redactor: &Redactor) -> Self {
        let whole = report.cleaned(redactor);
        let steps = whole.scenarios.iter().flat_map(|scenario| {
            scenario.steps.iter().map(move |step| StepResult {
                id: format!("{}/{}", scenario.id, step.id),
                outcome: Outcome::of(step.outcome),
                because: step.because.clone(),
            })
        });
        Self {
            exit_code: whole.exit.code,
            causes: whole.causes.iter().map(Cause::from).collect(),
            findings: whole.findings.iter().map(Finding::from).collect(),
            steps: steps.collect(),
            whole: whole.into_owned(),
        }
    }

    /// Reports whether the run passed: every step that was driven came to what it must.
    ///
    /// # Example
    /// ```
    /// fn assert_passed(report: &fivewhys::Report) {
    ///     assert!(report.passed(), "{report}");
    /// }
    /// ```
    #[must_use]
    pub fn passed(&self) -> bool {
        self.whole.outcome == RunOutcome::Passed
    }

    /// Returns the whole report as JSON, schema `fivewhys/report/2`, redacted.
    ///
    /// # Example
    /// ```
    /// fn keep(report: &fivewhys::Report) -> std::io::Result<()> {
    ///     std::fs::write("report.json", report.to_json())
    /// }
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        json::render(&self.whole)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&human::render(&self.whole, &human::Style::FILE))
    }
}

impl Outcome {
    const fn of(outcome: StepOutcome) -> Self {
        match outcome {
            StepOutcome::Passed => Self::Passed,
            StepOutcome::Failed => Self::Failed,
            StepOutcome::Known => Self::Known,
            StepOutcome::Skipped => Self::Skipped,
        }
    }
}
