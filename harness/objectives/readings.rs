//! What each covered call measured.

use std::collections::BTreeMap;

use crate::config::{Endpoint, Measure, Objective, Target};
use crate::diagnose::{Cause, Certainty, Hops};
use crate::observe::{Authn, Observation, Outcome};
use crate::probe::{Exchange, Side};
use crate::report::{ProbeReport, ScenarioReport, StepOutcome, StepReport};
use crate::terms::{Hop, Role, Service};

/// A call of a step that was sent.
pub(crate) struct Call<'a> {
    pub(crate) scenario: &'a str,
    pub(crate) step: &'a str,
    /// The endpoint's id.
    pub(crate) of: &'a str,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) exchange: &'a Exchange,
    pub(crate) seen: Option<&'a Observation>,
    /// Whether the step expected something else.
    pub(crate) failed: bool,
    /// Whether a cause at the auth service, or between it and the backend, explains its failure.
    pub(crate) failed_by_auth: bool,
}

/// What one call measured.
pub(super) struct Reading {
    /// The time in milliseconds. 0 where the measure is a share.
    pub(super) ms: f64,
    pub(super) bad: bool,
}

/// Returns the calls of all steps that passed or failed.
pub(super) fn calls<'a>(
    target: &'a Target,
    scenarios: &'a [ScenarioReport],
    probes: &'a [ProbeReport],
    causes: &[Cause],
) -> Vec<Call<'a>> {
    let by_id: BTreeMap<u32, &ProbeReport> = probes.iter().map(|probe| (probe.exchange.id, probe)).collect();
    let of_auth: Vec<&str> =
        causes.iter().filter(|cause| is_of_auth(cause)).flat_map(|cause| &cause.explains).map(String::as_str).collect();
    let steps = scenarios.iter().flat_map(|scenario| scenario.steps.iter().map(|step| (scenario.id.as_str(), step)));
    let call = |(scenario, step): (&'a str, &'a StepReport)| {
        let probe = *by_id.get(&step.exchange?)?;
        let endpoint = target.endpoints.get(&probe.exchange.probe.endpoint)?;
        let failed_by_auth = of_auth.iter().any(|name| name.split_once('/') == Some((scenario, &step.id)));
        let (exchange, seen) = (&probe.exchange, probe.observation.as_ref());
        let failed = match step.outcome {
            StepOutcome::Passed => false,
            StepOutcome::Failed => true,
            StepOutcome::Skipped | StepOutcome::Known => return None,
        };
        let (step, of) = (step.id.as_str(), step.endpoint.as_str());
        Some(Call { scenario, step, of, endpoint, exchange, seen, failed, failed_by_auth })
    };
    steps.filter_map(call).collect()
}

fn is_of_auth(cause: &Cause) -> bool {
    let of_auth = |hop: &Hop| matches!(hop, Hop::Auth | Hop::BackendAuth);
    let by_hop = match &cause.hop {
        Hops::One(hop) => of_auth(hop),
        Hops::Several(hops) => hops.iter().all(of_auth),
    };
    by_hop && cause.certainty >= Certainty::Likely
}

impl Call<'_> {
    /// Reports whether a healthy system refuses the call.
    fn is_control(&self) -> bool {
        let token = self.exchange.probe.token;
        let wrong = token.is_sent() && !token.should_be_accepted();
        let missing = !token.is_sent() && matches!(self.endpoint.role, Role::Protected | Role::Introspection);
        wrong || missing || self.exchange.browser.as_ref().is_some_and(|browser| browser.foreign)
    }

    /// Returns what the call measured for an objective. `None`: the objective does not cover it, or it shows nothing.
    pub(super) fn reading(&self, objective: &Objective) -> Option<Reading> {
        if !objective.covers.step(self.scenario, self.step, self.of) || self.is_control() {
            return None;
        }
        let (ms, bad) = match objective.measure {
            Measure::Latency => self.time(Some(self.exchange.phases.end_ms), objective.limit)?,
            Measure::FirstEvent => self.time(self.first_event_ms(), objective.limit)?,
            Measure::Success => (0.0, self.failed),
            Measure::AuthErrors => (0.0, self.auth_error()?),
        };
        Some(Reading { ms, bad })
    }

    /// Returns a time, and whether it is over the limit. A call that failed shows only that the limit had passed before.
    fn time(&self, took: Option<f64>, limit: f64) -> Option<(f64, bool)> {
        let lasted = self.exchange.phases.end_ms;
        match took.filter(|_| !self.failed) {
            Some(ms) => Some((ms, ms > limit)),
            None if self.failed => {
                let ms = took.unwrap_or(lasted);
                (ms > limit).then_some((ms, true))
            }
            None => None,
        }
    }

    /// Returns the time to the first event. The frame that greets the client is no event.
    fn first_event_ms(&self) -> Option<f64> {
        if !self.endpoint.kind.is_upgrade() {
            return self.exchange.events.first().map(|event| event.at_ms as f64);
        }
        let greeted = usize::from(self.endpoint.accept.first_frame.is_some());
        let asked = self.exchange.frames.iter().find(|frame| frame.from == Side::Client).map_or(0, |frame| frame.at_ms);
        let event = self.exchange.received().nth(greeted)?;
        Some(event.at_ms.saturating_sub(asked) as f64)
    }

    /// Reports whether authentication refused the call or failed on it. `None`: the call needs none, or does not show it.
    fn auth_error(&self) -> Option<bool> {
        let with_token = self.exchange.probe.token.is_sent();
        let of_auth = self.endpoint.service == Service::Auth
            && matches!(self.endpoint.role, Role::Issuer | Role::Introspection | Role::Logout);
        if !with_token && !of_auth {
            return None;
        }
        if !self.failed {
            return Some(false);
        }
        let seen = self.seen?;
        let refused =
            matches!(seen.authn, Authn::Missing | Authn::Rejected | Authn::AcceptedAsOther | Authn::CallerRejected);
        let denied = seen.result == Outcome::Denied && seen.authn != Authn::Accepted;
        if refused || denied || of_auth || self.failed_by_auth {
            return Some(true);
        }
        (seen.authn == Authn::Accepted).then_some(false)
    }
}
