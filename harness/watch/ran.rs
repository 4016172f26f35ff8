//! What a watch keeps of one run.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::diagnose::{Cause, Certainty};
use crate::observe::{Authn, Observation};
use crate::report::{Report, RunOutcome, ScenarioReport, StepOutcome, claim, hops};
use crate::terms::Caller;
use crate::watch::state::{AuthCalls, End, Named, Ran, ScenarioRan, StepRan};

impl Ran {
    /// Returns what is kept of a report. `budget` is the time that the target allows for a run.
    pub(crate) fn of(report: &Report, budget: Duration, has_auth_service: bool) -> Self {
        let timing = &report.timing;
        Self {
            at: timing.started_at,
            took_ms: timing.total_ms,
            end: if report.outcome == RunOutcome::Passed { End::Passed } else { End::Failed },
            error: None,
            scenarios: report.scenarios.iter().map(scenario).collect(),
            causes: report.causes.iter().map(named).collect(),
            findings: report.findings.iter().map(|finding| finding.id.clone()).collect(),
            requests: (timing.scenario_probes + timing.diagnosis_probes) as u64,
            budget_used: (timing.total_ms / 1000.0 / budget.as_secs_f64()).clamp(0.0, 1.0),
            auth: has_auth_service.then(|| auth(report)),
        }
    }

    /// Returns what is kept of a run that tested nothing.
    pub(crate) fn untested(at: Timestamp, took: Duration, error: String) -> Self {
        Self {
            at,
            took_ms: took.as_secs_f64() * 1000.0,
            end: End::Untested,
            error: Some(error),
            scenarios: Vec::new(),
            causes: Vec::new(),
            findings: Vec::new(),
            requests: 0,
            budget_used: 0.0,
            auth: None,
        }
    }

    /// Returns how it ended, for a line of text: `passed in 1.2 s`.
    pub(crate) fn in_short(&self) -> String {
        let end = match self.end {
            End::Passed => "passed",
            End::Failed => "failed",
            End::Untested => "tested nothing",
        };
        format!("{end} in {:.1} s", self.took_ms / 1000.0)
    }

    /// Returns what the run gives as the reason of its failure: the faults that are likely or certain, or else the
    /// findings of a run without a cause. Empty: the reason is not known. The order of the causes has no effect.
    pub(crate) fn reasons(&self) -> BTreeSet<String> {
        let known = self.causes.iter().filter(|cause| cause.certainty >= Certainty::Likely);
        match self.end {
            End::Failed if self.causes.is_empty() => self.findings.iter().cloned().collect(),
            End::Failed => known.map(|cause| cause.fault.clone()).collect(),
            End::Passed | End::Untested => BTreeSet::new(),
        }
    }
}

fn scenario(scenario: &ScenarioReport) -> ScenarioRan {
    let step = |step: &crate::report::StepReport| StepRan {
        id: step.id.clone(),
        outcome: step.outcome,
        took_ms: step.took_ms,
    };
    ScenarioRan { id: scenario.id.clone(), outcome: scenario.outcome, steps: scenario.steps.iter().map(step).collect() }
}

fn named(cause: &Cause) -> Named {
    Named {
        fault: cause.fault.clone(),
        title: claim(cause),
        hop: hops(&cause.hop),
        certainty: cause.certainty,
        whys: cause.whys.iter().map(|why| why.claim.clone()).collect(),
        explains: cause.explains.clone(),
    }
}

/// Counts the calls with a token that must be accepted, and those whose token was accepted. A good token of a caller that
/// must be refused is none of them.
fn auth(report: &Report) -> AuthCalls {
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let as_expected: BTreeSet<u32> =
        steps.filter(|step| step.outcome == StepOutcome::Passed).filter_map(|step| step.exchange).collect();
    let seen = || report.probes.iter().filter_map(|probe| probe.observation.as_ref());
    let by_right_caller = seen().filter(|seen| seen.probe.caller == Caller::Right);
    let takes_caller: BTreeSet<&str> = by_right_caller.map(|seen| seen.probe.endpoint.as_str()).collect();
    let is_another_caller =
        |seen: &Observation| seen.probe.caller != Caller::Right && takes_caller.contains(seen.probe.endpoint.as_str());
    let is_refused_rightly = |seen: &Observation| {
        seen.authn != Authn::Accepted && (as_expected.contains(&seen.exchange) || is_another_caller(seen))
    };
    let sent = seen().filter(|seen| {
        seen.probe.token.should_be_accepted() && seen.authn != Authn::Anonymous && !is_refused_rightly(seen)
    });
    sent.fold(AuthCalls::default(), |counted, seen| AuthCalls {
        sent: counted.sent + 1,
        accepted: counted.accepted + u64::from(seen.authn == Authn::Accepted),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::report::samples;
    use crate::terms::TokenKind;

    fn forget_exchanges(report: &mut Report) {
        report.scenarios.iter_mut().flat_map(|one| &mut one.steps).for_each(|step| step.exchange = None);
    }

    #[rstest]
    #[case::accepted(Authn::Accepted, StepOutcome::Passed, 1, 1)]
    #[case::refused(Authn::Rejected, StepOutcome::Failed, 1, 0)]
    #[case::a_caller_that_must_be_refused(Authn::Unknown, StepOutcome::Passed, 0, 0)]
    fn only_calls_that_must_be_accepted_count(
        #[case] authn: Authn,
        #[case] outcome: StepOutcome,
        #[case] sent: u64,
        #[case] accepted: u64,
    ) {
        let mut report = samples::passed();
        let seen = report.probes[0].observation.as_mut().expect("an observation");
        (seen.probe.token, seen.authn) = (TokenKind::Valid, authn);
        let exchange = seen.exchange;
        forget_exchanges(&mut report);
        let step = &mut report.scenarios[0].steps[0];
        (step.exchange, step.outcome) = (Some(exchange), outcome);
        let calls = auth(&report);
        assert_eq!((calls.sent, calls.accepted), (sent, accepted));
    }

    #[test]
    fn a_call_of_another_caller_does_not_count() {
        let mut report = samples::passed();
        forget_exchanges(&mut report);
        report.probes.push(report.probes[0].clone());
        for (probe, caller, authn) in [(0, Caller::Right, Authn::Accepted), (1, Caller::None, Authn::Unknown)] {
            let seen = report.probes[probe].observation.as_mut().expect("an observation");
            (seen.probe.token, seen.probe.caller, seen.authn) = (TokenKind::Valid, caller, authn);
        }
        let calls = auth(&report);
        assert_eq!((calls.sent, calls.accepted), (1, 1));
    }
}
