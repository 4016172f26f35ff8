//! An earlier run to compare with: a failure that the earlier run already had is not new.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::diagnose::{Cause, Certainty, Finding};
use crate::gate::earlier::Then;
use crate::gate::tested::OTHER;
use crate::report::{BaselineReport, Report, ScenarioReport, StepOutcome};

/// What the comparison uses of an earlier run.
#[derive(Debug, Clone)]
pub struct Baseline {
    started_at: jiff::Timestamp,
    failed: BTreeSet<String>,
    passed: BTreeSet<String>,
    /// The causes that it found.
    found: BTreeSet<String>,
    /// Every fault that was a cause or a candidate.
    candidates: BTreeSet<String>,
    /// Failed steps without a known cause.
    unexplained: BTreeSet<String>,
    findings: BTreeSet<String>,
}

/// Why a report cannot be the baseline of this run.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum BaselineError {
    /// The report is from another deployment.
    #[error("the baseline is a report of the target `{found}`, not of `{target}`")]
    #[diagnostic(code(fivewhys::baseline::other_target))]
    Target {
        /// The target of the report.
        found: String,
        /// The target of this run.
        target: String,
    },
    /// The report is incomplete.
    #[error("the baseline run was interrupted: the steps that it did not run may have failed")]
    #[diagnostic(code(fivewhys::baseline::interrupted), help("use the report of a complete run"))]
    Interrupted,
}

impl Baseline {
    /// Makes a baseline of a report of the same target.
    ///
    /// # Errors
    /// When the report is from another target, or its run was interrupted.
    pub fn of(report: &Report, target: &str) -> Result<Self, BaselineError> {
        if report.target != target {
            return Err(BaselineError::Target { found: report.target.clone(), target: target.to_owned() });
        }
        if report.interrupted.is_some() {
            return Err(BaselineError::Interrupted);
        }
        let (failed, unknown) = (failing(&report.scenarios), |cause: &&Cause| cause.certainty == Certainty::Unknown);
        let explained: BTreeSet<&String> =
            report.causes.iter().filter(|cause| !unknown(cause)).flat_map(|cause| &cause.explains).collect();
        let found = report.causes.iter().filter(|cause| cause.certainty >= Certainty::Likely);
        Ok(Self {
            started_at: report.timing.started_at,
            unexplained: failed.iter().filter(|step| !explained.contains(step)).cloned().collect(),
            failed,
            passed: named(&report.scenarios, |outcome| outcome == StepOutcome::Passed),
            found: found.map(|cause| cause.fault.clone()).collect(),
            candidates: report.causes.iter().flat_map(candidates).collect(),
            findings: report.findings.iter().map(|finding| finding.id.clone()).collect(),
        })
    }

    /// Marks the steps that failed in the baseline too, and returns what is new.
    pub(crate) fn compare(
        &self,
        scenarios: &mut [ScenarioReport],
        causes: &[Cause],
        findings: &[Finding],
        new_only: bool,
    ) -> BaselineReport {
        for scenario in &mut *scenarios {
            let id = scenario.id.clone();
            for step in scenario.steps.iter_mut().filter(|step| step.outcome == StepOutcome::Failed) {
                step.already = self.failed.contains(&format!("{id}/{}", step.id));
            }
        }
        let failed = named(scenarios, |outcome| outcome == StepOutcome::Failed);
        let (already, new): (Vec<String>, Vec<String>) =
            failed.into_iter().partition(|step| self.failed.contains(step));
        let passed = named(scenarios, |outcome| outcome == StepOutcome::Passed);
        let (known, other): (Vec<&Cause>, Vec<&Cause>) = causes.iter().partition(|cause| self.knows(cause));
        let is_new = |id: &String| id == OTHER || !self.findings.contains(id);
        let new_finding = findings.iter().any(|finding| finding.fails && is_new(&finding.id));
        BaselineReport {
            started_at: self.started_at,
            anything_new: !new.is_empty() || !other.is_empty() || new_finding,
            new,
            already,
            gone: self.failed.intersection(&passed).cloned().collect(),
            known_causes: known.into_iter().map(|cause| cause.fault.clone()).collect(),
            new_only,
        }
    }

    /// Returns whether the fault that explains these steps was present in the baseline.
    pub(crate) fn then(&self, fault: &str, cause: &Cause) -> Then {
        let any = |of: &BTreeSet<String>| cause.explains.iter().any(|step| of.contains(step));
        if self.found.contains(fault) {
            Then::Had
        } else if any(&self.failed) || self.candidates.contains(fault) || !any(&self.passed) {
            Then::Unknown
        } else {
            Then::HadNot
        }
    }

    /// Reports whether a cause is not new: it was a cause or a candidate in the baseline, or the same steps failed
    /// there without a known cause.
    fn knows(&self, cause: &Cause) -> bool {
        let same = candidates(cause).any(|fault| self.candidates.contains(&fault));
        same || cause.explains.iter().all(|step| self.unexplained.contains(step))
    }
}

fn candidates(cause: &Cause) -> impl Iterator<Item = String> {
    std::iter::once(&cause.fault).chain(cause.alternatives.iter().map(|other| &other.fault)).cloned()
}

/// Returns the steps that failed, including the known failures.
fn failing(scenarios: &[ScenarioReport]) -> BTreeSet<String> {
    named(scenarios, |outcome| matches!(outcome, StepOutcome::Failed | StepOutcome::Known))
}

fn named(scenarios: &[ScenarioReport], which: impl Fn(StepOutcome) -> bool) -> BTreeSet<String> {
    let steps = scenarios.iter().flat_map(|scenario| scenario.steps.iter().map(move |step| (&scenario.id, step)));
    steps.filter(|(_, step)| which(step.outcome)).map(|(scenario, step)| format!("{scenario}/{}", step.id)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::in_the_baseline("revoked-accepted", true, false)]
    #[case::fails_the_run("wrong-key-accepted", true, true)]
    #[case::does_not_fail_the_run("http.401-without-challenge", false, false)]
    fn a_finding_that_fails_the_run_is_new_without_the_baseline(
        #[case] id: &str,
        #[case] fails: bool,
        #[case] new: bool,
    ) {
        let nothing = || BTreeSet::new();
        let baseline = Baseline {
            started_at: jiff::Timestamp::UNIX_EPOCH,
            failed: nothing(),
            passed: nothing(),
            found: nothing(),
            candidates: nothing(),
            unexplained: nothing(),
            findings: ["revoked-accepted".to_owned()].into(),
        };
        let finding = json!({ "id": id, "title": "t", "evidence": [], "fails": fails });
        let finding: Finding = serde_json::from_value(finding).expect("a finding");
        assert_eq!(baseline.compare(&mut [], &[], &[finding], true).anything_new, new);
    }
}
