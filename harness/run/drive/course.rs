//! One scenario, step by step, with its own session.

use std::time::Duration;

use crate::config::{Endpoint, Target};
use crate::diagnose::FailedStep;
use crate::probe::Session;
use crate::report::{ScenarioReport, StepOutcome, StepReport, Try};
use crate::run::context::conduct::Conduct;
use crate::run::context::events::{Event, Listener};
use crate::run::context::lost_connection::LostConnections;
use crate::run::context::record::Record;
use crate::run::drive::allowance::Allowance;
use crate::run::drive::captures::Captures;
use crate::run::drive::{request, retry};
use crate::scenario::{Scenario, Step};

/// A scenario in progress.
pub(crate) struct Course<'a> {
    session: Session,
    pub(crate) target: &'a Target,
    pub(crate) scenario: &'a Scenario,
    pub(crate) allowance: &'a Allowance,
    conduct: &'a Conduct,
    lost: &'a LostConnections,
    pub(crate) captures: Captures,
    pub(crate) record: Record,
    pub(crate) failed: Vec<FailedStep>,
}

/// What all scenarios of a run share.
pub(crate) struct Rules<'a> {
    pub(crate) target: &'a Target,
    pub(crate) allowance: Allowance,
    pub(crate) conduct: &'a Conduct,
    pub(crate) lost: LostConnections,
}

/// The result of one scenario. The ids of its exchanges have gaps if other scenarios ran in parallel.
pub(crate) struct Done {
    pub(crate) report: ScenarioReport,
    pub(crate) record: Record,
    pub(crate) failed: Vec<FailedStep>,
}

impl<'a> Course<'a> {
    pub(crate) fn new(session: Session, scenario: &'a Scenario, rules: &'a Rules<'a>) -> Self {
        let (captures, record, failed) = (Captures::default(), Record::default(), Vec::new());
        let Rules { target, allowance, conduct, lost } = rules;
        Self { session, target, scenario, allowance, conduct, lost, captures, record, failed }
    }

    /// Runs every step, then the `finally` steps, whether the steps passed or not.
    pub(crate) async fn drive(mut self, tell: Listener<'_>) -> Done {
        let mut steps = Vec::new();
        let Scenario { steps: asked, finally, .. } = self.scenario;
        let all = asked.iter().map(|step| (step, false)).chain(finally.iter().map(|step| (step, true)));
        for (step, cleans_up) in all {
            let name = format!("{}/{}", self.scenario.id, step.id);
            tell(&Event::StepStarted { step: name.clone() });
            let begun = steps.iter().any(|step: &StepReport| step.exchange.is_some());
            let report = self.step(step, &name, cleans_up, begun).await;
            tell(&Event::StepEnded { step: name, outcome: report.outcome });
            steps.push(report);
        }
        let stopped = self.conduct.interruption.signal().is_some();
        let report = ScenarioReport {
            id: self.scenario.id.clone(),
            title: self.scenario.title.clone(),
            outcome: overall(&steps, stopped),
            steps,
            cause: None,
        };
        Done { report, record: self.record, failed: self.failed }
    }

    /// Runs one step, unless the run is stopped or its remaining time is reserved for the diagnosis.
    async fn step(&mut self, step: &Step, name: &str, cleans_up: bool, begun: bool) -> StepReport {
        let interruption = &self.conduct.interruption;
        if let Some(signal) = interruption.signal().filter(|_| !cleans_up || !begun) {
            return self.skipped(step, format!("{signal} ended the run"));
        }
        if self.allowance.is_spent() && !cleans_up {
            let why = "an earlier step failed, and the rest of the run budget is reserved for the diagnosis";
            return self.skipped(step, why.into());
        }
        let done = match cleans_up {
            true => interruption.or_soon(self.one(step, name)).await,
            false => interruption.or(self.one(step, name)).await,
        };
        done.unwrap_or_else(|| {
            let signal = interruption.signal().map_or_else(String::new, |signal| signal.to_string());
            self.skipped(step, format!("{signal} ended the run during this step"))
        })
    }

    async fn one(&mut self, step: &Step, name: &str) -> StepReport {
        let Some(endpoint) = self.target.endpoints.get(&step.call) else {
            return self.skipped(step, format!("the target has no endpoint {}", step.call));
        };
        let all = self.scenario.steps.iter().chain(&self.scenario.finally);
        let names: Vec<String> = all.flat_map(|step| &step.capture).map(|(name, _)| name.clone()).collect();
        if let Some(missing) = self.captures.missing(step, &names) {
            return self.skipped(step, format!("an earlier step did not capture {missing}"));
        }
        let mut request = request::of(step, endpoint, name, self.target, &self.captures);
        let mut tries: Vec<Try> = Vec::new();
        loop {
            let (mut report, no_question) = match self.session.send(&request).await {
                Ok(exchange) => self.judged(step, endpoint, exchange),
                Err(error) if error.exchange().is_some() => self.without_token(step, &error),
                Err(error) => return self.not_sent(step, &error),
            };
            if let Some((one, pause)) =
                self.repeated(&report, endpoint, &tries).or_else(|| self.again(&mut report, &tries))
            {
                tries.push(one);
                request.own_connection = true;
                tokio::time::sleep(pause).await;
                continue;
            }
            let flaky = report.outcome == StepOutcome::Passed && !tries.is_empty();
            let report = StepReport { tries, flaky, ..report };
            return self.known_or_failed(report, name, step.expect.refused, no_question);
        }
    }

    /// Returns the last try if its connection was lost and its request is sent once more at once.
    fn repeated(&self, report: &StepReport, endpoint: &Endpoint, tries: &[Try]) -> Option<(Try, Duration)> {
        let exchange = &self.record.probes.last()?.exchange;
        let may_repeat =
            self.lost.may_repeat(exchange, self.target.endpoints.get(&exchange.probe.endpoint).unwrap_or(endpoint));
        let is_first = report.outcome == StepOutcome::Failed && tries.is_empty();
        let kind = exchange.error.as_ref().map(|error| error.kind.to_string());
        let after = kind.or_else(|| Some(format!("status {}", exchange.status()?)))?;
        let after = if exchange.phases.reused { format!("{after} on a reused connection") } else { after };
        (may_repeat && is_first).then_some((Try { exchange: exchange.id, after, waited_ms: 0 }, Duration::ZERO))
    }

    /// Returns the last try and the pause before the next one, if there is a next one. If the server asks for more time
    /// than the run has, the report says so.
    fn again(&self, report: &mut StepReport, tries: &[Try]) -> Option<(Try, Duration)> {
        // A repetition at once is no retry.
        let tried = tries.iter().filter(|one| one.waited_ms > 0).count();
        let tried = u32::try_from(tried).unwrap_or(u32::MAX);
        if report.outcome != StepOutcome::Failed || tried >= self.conduct.retries {
            return None;
        }
        let exchange = &self.record.probes.last()?.exchange;
        let after = retry::may_pass(exchange)?;
        let pause = retry::pause(exchange, tried.saturating_add(1));
        if !self.allowance.allows(pause) {
            report.because.push("not tried again: the time for steps ends before the next try".to_owned());
            return None;
        }
        let waited_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        Some((Try { exchange: exchange.id, after, waited_ms }, pause))
    }

    pub(crate) fn skipped(&self, step: &Step, why: String) -> StepReport {
        skipped(self.target, self.scenario, step, why)
    }
}

/// Returns the report of a scenario of which no step ran.
pub(crate) fn not_begun(target: &Target, scenario: &Scenario, why: &str) -> ScenarioReport {
    let steps = scenario.steps.iter().chain(&scenario.finally);
    ScenarioReport {
        id: scenario.id.clone(),
        title: scenario.title.clone(),
        outcome: StepOutcome::Skipped,
        steps: steps.map(|step| skipped(target, scenario, step, why.to_owned())).collect(),
        cause: None,
    }
}

fn skipped(target: &Target, scenario: &Scenario, step: &Step, why: String) -> StepReport {
    let call = target.endpoints.get(&step.call).map_or_else(|| step.call.clone(), |endpoint| called(step, endpoint));
    StepReport {
        id: step.id.clone(),
        endpoint: step.call.clone(),
        call,
        outcome: StepOutcome::Skipped,
        exchange: None,
        because: if why.is_empty() { Vec::new() } else { vec![why] },
        tries: Vec::new(),
        flaky: false,
        already: false,
        source: format!("{}:{}", scenario.source, step.line),
        took_ms: None,
    }
}

fn called(step: &Step, endpoint: &Endpoint) -> String {
    let path = step.path.as_deref().unwrap_or(&endpoint.path);
    if endpoint.kind.is_upgrade() { format!("WebSocket {path}") } else { format!("{} {path}", endpoint.method) }
}

/// Returns the outcome of a scenario. One that was interrupted has not passed.
fn overall(steps: &[StepReport], stopped: bool) -> StepOutcome {
    let any = |outcome| steps.iter().any(|step| step.outcome == outcome);
    let cut = stopped && any(StepOutcome::Skipped);
    if any(StepOutcome::Failed) {
        StepOutcome::Failed
    } else if any(StepOutcome::Known) {
        StepOutcome::Known
    } else if any(StepOutcome::Passed) && !cut {
        StepOutcome::Passed
    } else {
        StepOutcome::Skipped
    }
}
