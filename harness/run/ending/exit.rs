//! The exit code of a run, with its meaning for this run.

use crate::diagnose::{Cause, Certainty, Finding};
use crate::gate::OTHER;
use crate::report::{ExitReport, RunOutcome, Signal};
use crate::run::context::exit_code::ExitCode;

/// What decides the exit code.
pub(crate) struct Ended<'a> {
    pub(crate) outcome: RunOutcome,
    pub(crate) causes: &'a [Cause],
    pub(crate) findings: &'a [Finding],
    /// The evidence shows other revisions than a deployed one, and nothing of that one.
    pub(crate) is_unseen: bool,
    /// No possible cause of any failure involves what was deployed.
    pub(crate) nothing_involved: bool,
    /// Only new failures count, and there is none.
    pub(crate) nothing_new: bool,
    /// A step failed: the failure is more than a finding or a flaky step.
    pub(crate) failed: bool,
    pub(crate) interrupted: Option<Signal>,
    /// A second signal skipped the diagnosis.
    pub(crate) is_hurried: bool,
}

impl Ended<'_> {
    /// Returns the exit code and its meaning.
    pub(crate) fn exit(&self) -> ExitReport {
        let (code, meaning) = self.says();
        ExitReport { code: code.code(), meaning }
    }

    fn says(&self) -> (ExitCode, String) {
        // A cause that only the log shows explains no step, so it does not make the result uncertain.
        let mut explaining = self.causes.iter().filter(|cause| !cause.explains.is_empty()).peekable();
        let likely = |cause: &Cause| cause.certainty >= Certainty::Likely;
        let found = if explaining.peek().is_some() { explaining.all(likely) } else { self.causes.iter().all(likely) };
        let by_finding = self.findings.iter().find(|finding| finding.fails).filter(|_| self.causes.is_empty());
        let other = self.findings.iter().find(|finding| finding.id == OTHER).filter(|_| self.is_unseen);
        let (code, meaning) = if let Some(signal) = self.interrupted {
            let hurried = if self.is_hurried { ", and a second signal skipped the diagnosis" } else { "" };
            return (signal.exit_code(), format!("{signal} ended the run early{hurried}"));
        } else if let Some(finding) = other {
            return (ExitCode::CauseFound, uncapitalized(&finding.title));
        } else if self.outcome == RunOutcome::Passed {
            (ExitCode::Passed, "no step failed")
        } else if self.nothing_new {
            (ExitCode::Passed, "every failure is in the baseline too")
        } else if self.nothing_involved {
            (ExitCode::NotDeployed, "no possible cause involves what was deployed: do not roll back")
        } else if let Some(finding) = by_finding {
            return (ExitCode::CauseFound, uncapitalized(&finding.title));
        } else if !self.failed {
            (ExitCode::CauseNotFound, "a step passed only after a retry")
        } else if found && !self.causes.is_empty() {
            (ExitCode::CauseFound, "the cause is found")
        } else {
            (ExitCode::CauseNotFound, "the cause is not found")
        };
        (code, meaning.to_owned())
    }
}

/// Returns a sentence as a fragment: with a small first letter.
fn uncapitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::Ended;
    use crate::diagnose::{Cause, Finding};
    use crate::report::RunOutcome;

    /// Returns a cause of this certainty that explains these steps.
    fn cause(certainty: &str, explains: &[&str]) -> Cause {
        let text = json!({
            "fault": "agents/timeout", "title": "t", "hop": "agents", "certainty": certainty, "confidence": 0.5, "explains": explains,
            "alternatives": [], "whys": [], "ruled_out": [], "involves": [],
        });
        serde_json::from_value(text).expect("a cause")
    }

    fn code(causes: &[Cause]) -> u8 {
        let ended = Ended {
            outcome: RunOutcome::Failed,
            causes,
            findings: &[],
            is_unseen: false,
            nothing_involved: false,
            nothing_new: false,
            failed: true,
            interrupted: None,
            is_hurried: false,
        };
        ended.exit().code
    }

    const ONE: &[&str] = &["s/t"];

    #[rstest]
    #[case::likely("certain", "likely", &[], 1)]
    #[case::ambiguous("certain", "ambiguous", &[], 1)]
    #[case::ambiguous_and_explains_a_step("certain", "ambiguous", ONE, 3)]
    #[case::with_an_ambiguous_cause_of_a_step("ambiguous", "likely", &[], 3)]
    fn a_cause_that_explains_no_step_does_not_decide(
        #[case] first: &str,
        #[case] second: &str,
        #[case] explains: &[&str],
        #[case] code: u8,
    ) {
        let causes = [cause(first, ONE), cause(second, explains)];
        assert_eq!(crate::run::ending::exit::tests::code(&causes), code);
    }

    #[test]
    fn a_failing_finding_is_the_meaning_where_no_cause_is_named() {
        let findings = [finding("Nothing serious", false), finding("A variable was lost", true)];
        let ended = Ended {
            outcome: RunOutcome::Failed,
            causes: &[],
            findings: &findings,
            is_unseen: false,
            nothing_involved: false,
            nothing_new: false,
            failed: false,
            interrupted: None,
            is_hurried: false,
        };
        assert_eq!((ended.exit().code, ended.exit().meaning.as_str()), (1, "a variable was lost"));
    }

    fn finding(title: &str, fails: bool) -> Finding {
        Finding { id: "f".into(), title: title.into(), evidence: Vec::new(), fails }
    }

    #[test]
    fn a_single_ambiguous_cause_without_steps_is_not_found() {
        assert_eq!(code(&[cause("ambiguous", &[])]), 3);
    }
}
