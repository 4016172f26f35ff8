//! One scenario with its own session: step by step, and the endpoints of one written step beside each other.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::config::{Endpoint, Target, User};
use crate::diagnose::FailedStep;
use crate::probe::Session;
use crate::report::{ScenarioReport, StepOutcome, StepReport, Try};
use crate::run::context::conduct::Conduct;
use crate::run::context::events::{Event, Listener};
use crate::run::context::lost_connection::{LostConnections, is_usual};
use crate::run::context::record::Record;
use crate::run::drive::allowance::Allowance;
use crate::run::drive::captures::{Captures, new_marker};
use crate::run::drive::filled::filled;
use crate::run::drive::lanes::{Lane, groups};
use crate::run::drive::{request, retry};
use crate::scenario::{Scenario, Step};

/// A scenario in progress, or one of its lanes.
pub(crate) struct Course<'a> {
    session: Session,
    pub(crate) target: &'a Target,
    pub(crate) scenario: &'a Scenario,
    pub(crate) allowance: &'a Allowance,
    rules: &'a Rules<'a>,
    /// The names that the steps capture.
    captured: Arc<[String]>,
    pub(crate) captures: Captures,
    pub(crate) record: Record,
    pub(crate) failed: Vec<FailedStep>,
    /// The results so far, with the places of the steps.
    steps: Vec<(usize, StepReport)>,
}

/// What all scenarios of a run share.
pub(crate) struct Rules<'a> {
    pub(crate) target: &'a Target,
    pub(crate) allowance: Allowance,
    pub(crate) conduct: &'a Conduct,
    pub(crate) lost: LostConnections,
    /// One permit for each lane that may run at the same time.
    pub(crate) slots: Semaphore,
}

/// The result of one scenario. The ids of its exchanges have gaps if other scenarios ran in parallel.
pub(crate) struct Done {
    pub(crate) report: ScenarioReport,
    pub(crate) record: Record,
    pub(crate) failed: Vec<FailedStep>,
}

/// A part of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    /// The steps before the first negative control.
    BeforeControls,
    /// The negative controls, and what follows them.
    FromControls,
}

impl<'a> Course<'a> {
    pub(crate) fn new(session: Session, scenario: &'a Scenario, rules: &'a Rules<'a>) -> Self {
        let all = scenario.steps.iter().chain(&scenario.finally);
        let captured = all.flat_map(|step| &step.capture).map(|(name, _)| name.clone()).collect();
        let captures = Captures::marked(&new_marker());
        let (record, failed, steps) = Default::default();
        let Rules { target, allowance, .. } = rules;
        Self { session, target, scenario, allowance, rules, captured, captures, record, failed, steps }
    }

    /// Runs a part of the steps. The last part ends with the `finally` steps, whether the steps passed or not.
    pub(crate) async fn drive(mut self, part: Part, tell: Listener<'_>) -> Self {
        let Scenario { steps, finally, .. } = self.scenario;
        let first_control = steps.iter().position(|step| step.expect.refused).unwrap_or(steps.len());
        let places = match part {
            Part::Whole => 0..steps.len() + finally.len(),
            Part::BeforeControls => 0..first_control,
            Part::FromControls => first_control..steps.len() + finally.len(),
        };
        let asked = steps.iter().chain(finally).enumerate().skip(places.start).take(places.len());
        let mut slot = None;
        for mut lanes in groups(asked) {
            if let [lane] = lanes.as_mut_slice() {
                slot = match slot {
                    Some(slot) => Some(slot),
                    None => self.rules.slots.acquire().await.ok(),
                };
                self.lane(std::mem::take(lane), tell).await;
            } else {
                slot = None;
                self.beside_each_other(lanes, tell).await;
            }
        }
        drop(slot);
        self
    }

    /// Runs lanes beside each other, as many as there are free slots.
    async fn beside_each_other(&mut self, lanes: Vec<Lane<'a>>, tell: Listener<'_>) {
        // Collected: a future that held the closure would not be `Send`.
        let begun: Vec<_> = lanes.into_iter().map(|lane| self.beside().in_a_slot(lane, tell)).collect();
        for done in join_all(begun).await {
            self.captures.join(done.captures);
            self.record.join(done.record);
            self.failed.extend(done.failed);
            self.steps.extend(done.steps);
        }
    }

    /// Returns a course for one lane. It has the cookies and the captured values of this one.
    fn beside(&self) -> Self {
        Self {
            session: self.session.beside(),
            captured: Arc::clone(&self.captured),
            captures: self.captures.clone(),
            record: Record::default(),
            failed: Vec::new(),
            steps: Vec::new(),
            ..*self
        }
    }

    async fn in_a_slot(mut self, lane: Lane<'a>, tell: Listener<'_>) -> Self {
        let slot = self.rules.slots.acquire().await;
        self.lane(lane, tell).await;
        drop(slot);
        self
    }

    async fn lane(&mut self, lane: Lane<'a>, tell: Listener<'_>) {
        for (place, step) in lane {
            let cleans_up = place >= self.scenario.steps.len();
            let name = format!("{}/{}", self.scenario.id, step.id);
            tell(&Event::StepStarted { step: name.clone() });
            let begun = self.steps.iter().any(|(_, step)| step.exchange.is_some());
            let report = self.step(step, &name, cleans_up, begun).await;
            tell(&Event::StepEnded { step: name, outcome: report.outcome });
            self.steps.push((place, report));
        }
    }

    /// Returns the result, with the steps in the order of the file.
    pub(crate) fn done(mut self) -> Done {
        self.steps.sort_by_key(|(place, _)| *place);
        let steps: Vec<StepReport> = self.steps.into_iter().map(|(_, step)| step).collect();
        let stopped = self.rules.conduct.interruption.signal().is_some();
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
        let interruption = &self.rules.conduct.interruption;
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
        if let Some(missing) = self.captures.missing(step, &self.captured) {
            return self.skipped(step, format!("an earlier step did not capture {missing}"));
        }
        let asked = filled(step, &self.captures, self.user(step));
        let mut request = request::of(&asked, endpoint, name, self.target, &self.captures);
        let mut tries: Vec<Try> = Vec::new();
        loop {
            let (mut report, no_question) = match self.session.send(&request).await {
                Ok(exchange) => self.judged(step, endpoint, exchange),
                Err(error) if error.exchange().is_some() => self.without_token(step, &error),
                Err(error) => return self.not_sent(step, &error),
            };
            if let Some((one, pause)) =
                self.repeated(step, &report, endpoint, &tries).or_else(|| self.again(&mut report, &tries))
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

    /// Returns the user of a step.
    pub(crate) fn user(&self, step: &Step) -> Option<&'a User> {
        step.user.as_deref().map_or_else(|| self.target.users.first(), |name| self.target.user(name))
    }

    /// Returns the last try if its connection was lost and its request is sent once more at once.
    fn repeated(
        &self,
        step: &Step,
        report: &StepReport,
        endpoint: &Endpoint,
        tries: &[Try],
    ) -> Option<(Try, Duration)> {
        let exchange = &self.record.probes.last()?.exchange;
        let endpoint = self.target.endpoints.get(&exchange.probe.endpoint).unwrap_or(endpoint);
        let may_repeat = self.rules.lost.may_repeat(exchange, endpoint, is_usual(step, endpoint));
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
        if report.outcome != StepOutcome::Failed || tried >= self.rules.conduct.retries {
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
        trace_url: None,
    }
}

fn called(step: &Step, endpoint: &Endpoint) -> String {
    let path = step.path.as_deref().unwrap_or(&endpoint.path);
    let method = if endpoint.kind.is_upgrade() { "WebSocket" } else { &endpoint.method };
    format!("{method} {path}{}", endpoint.at_its_host())
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
