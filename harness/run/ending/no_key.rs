//! What a run does not show, because the target names no signing key.

use crate::config::Target;
use crate::diagnose::{Cause, Certainty, Finding, NO_SIGNING_KEY, Proof};
use crate::report::{ScenarioReport, StepOutcome};
use crate::scenario::Scenario;
use crate::terms::TokenKind;

/// Returns the finding, if a step was skipped for the missing key or a cause is not certain.
pub(crate) fn finding(
    target: &Target,
    asked: &[Scenario],
    done: &[ScenarioReport],
    causes: &[Cause],
) -> Option<Finding> {
    if !target.logs_in() {
        return None;
    }
    let asked: Vec<_> = asked.iter().map(|scenario| scenario.on(target)).collect();
    let was_skipped = |scenario: &Scenario, id: &str| {
        let report = done.iter().find(|report| report.id == scenario.id);
        report
            .is_some_and(|report| report.steps.iter().any(|step| step.id == id && step.outcome == StepOutcome::Skipped))
    };
    let steps = asked.iter().flat_map(|scenario| scenario.steps.iter().map(move |step| (scenario, step)));
    let skipped = steps.filter(|(scenario, step)| step.token.needs_signing_key() && was_skipped(scenario, &step.id));
    let mut kinds: Vec<TokenKind> = skipped.map(|(_, step)| step.token).collect();
    let count = kinds.len();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds: Vec<&str> = kinds.into_iter().map(|kind| kind.as_str()).collect();
    let kinds = kinds.join(", ");
    let mut evidence = Vec::new();
    if count > 0 {
        evidence.push(Proof::new(format!("steps that were skipped: {count}, with tokens of the kind {kinds}"), None));
    }
    if causes.iter().any(|cause| cause.certainty != Certainty::Certain) {
        let says = "the diagnosis could not compare the token of the auth service with one that fivewhys signs";
        evidence.push(Proof::new(says, None));
    }
    (!evidence.is_empty()).then(|| Finding {
        id: NO_SIGNING_KEY.into(),
        title: "Without a signing key, the run does not show whether expired tokens, or tokens for another issuer, audience or user, are refused".into(),
        evidence,
        fails: false,
    })
}
