//! What a run's exit code says. Sits in `run`; the codes are documented in the README.

use crate::diagnose::{Cause, Certainty, Finding};
use crate::report::{ExitReport, RunOutcome};

/// The exit code and its meaning.
pub(super) fn exit(
    outcome: RunOutcome,
    causes: &[Cause],
    findings: &[Finding],
    deployed: &[(String, String)],
) -> ExitReport {
    let say = |code, meaning: &str| ExitReport { code, meaning: meaning.to_owned() };
    // One that only the log tells of explains nothing, and leaves nothing open.
    let counts = |cause: &&Cause| causes.len() == 1 || !cause.explains.is_empty();
    let found = causes.iter().filter(counts).all(|cause| cause.certainty >= Certainty::Likely);
    let by_finding = causes.is_empty() && findings.iter().any(|finding| finding.fails);
    if outcome == RunOutcome::Passed {
        say(0, "every step did what it must")
    } else if !deployed.is_empty() && nothing_involved(causes, deployed) {
        say(4, "nothing that may have caused it was deployed: do not roll back")
    } else if by_finding {
        say(1, "a credential that must be refused was accepted")
    } else if found && !causes.is_empty() {
        say(1, "the cause is found")
    } else {
        say(3, "the cause is not found")
    }
}

/// Whether no remaining candidate involves anything deployed. A cause of which nothing is known may involve all.
fn nothing_involved(causes: &[Cause], deployed: &[(String, String)]) -> bool {
    let known = !causes.is_empty() && causes.iter().all(|cause| cause.certainty > Certainty::Unknown);
    known
        && !causes
            .iter()
            .flat_map(|cause| &cause.involves)
            .any(|service| deployed.iter().any(|(name, _)| name == service))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::exit;
    use crate::diagnose::Cause;
    use crate::report::RunOutcome;

    /// A cause of this certainty that explains these steps.
    fn cause(certainty: &str, explains: &[&str]) -> Cause {
        let text = json!({
            "fault": "agents/timeout", "title": "t", "hop": "agents", "certainty": certainty, "confidence": 0.5, "explains": explains,
            "alternatives": [], "whys": [], "ruled_out": [], "involves": [],
        });
        serde_json::from_value(text).expect("a cause")
    }

    const ONE: &[&str] = &["s/t"];

    #[rstest]
    #[case::likely("certain", "likely", &[], 1)]
    #[case::ambiguous("certain", "ambiguous", &[], 1)]
    #[case::ambiguous_and_of_a_step("certain", "ambiguous", ONE, 3)]
    #[case::beside_one_that_is_not_found("ambiguous", "likely", &[], 3)]
    fn a_cause_that_explains_nothing_leaves_the_exit_code_to_the_others(
        #[case] first: &str,
        #[case] second: &str,
        #[case] explains: &[&str],
        #[case] code: u8,
    ) {
        let causes = [cause(first, ONE), cause(second, explains)];
        assert_eq!(exit(RunOutcome::Failed, &causes, &[], &[]).code, code);
    }

    #[test]
    fn a_lone_cause_that_explains_nothing_and_is_not_found_is_not_found() {
        assert_eq!(exit(RunOutcome::Failed, &[cause("ambiguous", &[])], &[], &[]).code, 3);
    }
}
