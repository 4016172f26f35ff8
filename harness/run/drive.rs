//! Drives scenarios: step by step, one session each. Sits in `run`; acts and checks, does not diagnose.

use super::captures::Captures;
use super::events::{Event, Listener};
use super::expect;
use super::record::Record;
use crate::diagnose::FailedStep;
use crate::observe::Outcome;
use crate::probe::{Caller, CannotProbe, ErrorKind, ProbeKey, ProbeRequest, Prober, Session, Until};
use crate::report::{ScenarioReport, StepOutcome, StepReport};
use crate::scenario::{Scenario, Step};
use crate::target::{Door, KnownFailure, Surface, SurfaceKind, Target};

/// What came of the scenarios.
#[derive(Debug, Default)]
pub(super) struct Driven {
    pub(super) scenarios: Vec<ScenarioReport>,
    pub(super) failed: Vec<FailedStep>,
}

/// Drives them all: those with negative controls last, since refused tokens open breakers and fill caches.
pub(super) async fn drive(
    prober: &Prober,
    target: &Target,
    scenarios: &[Scenario],
    record: &mut Record,
    tell: Listener<'_>,
) -> Driven {
    let controls = |scenario: &&Scenario| scenario.steps.iter().any(|step| step.expect.refused);
    let mut order: Vec<&Scenario> = scenarios.iter().collect();
    order.sort_by_key(controls);
    tell(&Event::Started { steps: order.iter().map(|scenario| scenario.steps.len()).sum() });
    let mut driven = Driven::default();
    for scenario in order {
        let mut one =
            Drive { session: prober.session(), target, scenario, captures: Captures::default(), record: &mut *record };
        let report = one.all(&mut driven.failed, tell).await;
        driven.scenarios.push(report);
    }
    driven
}

struct Drive<'a> {
    session: Session,
    target: &'a Target,
    scenario: &'a Scenario,
    captures: Captures,
    record: &'a mut Record,
}

impl Drive<'_> {
    async fn all(&mut self, failed: &mut Vec<FailedStep>, tell: Listener<'_>) -> ScenarioReport {
        let mut steps = Vec::new();
        for step in &self.scenario.steps {
            let name = format!("{}/{}", self.scenario.id, step.id);
            tell(&Event::StepStarted { step: name.clone() });
            let report = self.one(step, &name, failed).await;
            tell(&Event::StepEnded { step: name, outcome: report.outcome });
            steps.push(report);
        }
        ScenarioReport {
            id: self.scenario.id.clone(),
            title: self.scenario.title.clone(),
            outcome: overall(&steps),
            steps,
            cause: None,
        }
    }

    async fn one(&mut self, step: &Step, name: &str, failed: &mut Vec<FailedStep>) -> StepReport {
        let Some(surface) = self.target.surfaces.get(&step.call) else {
            return self.skipped(step, format!("the target has no surface {}", step.call));
        };
        let names: Vec<String> =
            self.scenario.steps.iter().flat_map(|step| &step.capture).map(|(name, _)| name.clone()).collect();
        if let Some(missing) = self.captures.missing(step, &names) {
            return self.skipped(step, format!("an earlier step did not capture {missing}"));
        }
        let exchange = match self.session.send(&self.request(step, surface, name)).await {
            Ok(exchange) => exchange,
            Err(error @ (CannotProbe::DoorClosed { .. } | CannotProbe::NoIssuer | CannotProbe::NoCaller)) => {
                return self.skipped(step, error.to_string());
            }
            Err(error) => return StepReport { outcome: StepOutcome::Failed, ..self.skipped(step, error.to_string()) },
        };
        self.captures.take(step, &exchange);
        let spent = exchange.error.as_ref().is_some_and(|error| error.kind == ErrorKind::BudgetSpent);
        let seen = self.record.keep(exchange, self.target);
        let exchange = &self.record.probes.last().expect("just kept").exchange;
        let because = match &seen {
            Some(seen) => expect::unmet(step, exchange, seen),
            None if spent => vec!["the run's budget was spent before this step could end".into()],
            None => Vec::new(),
        };
        let report = StepReport {
            exchange: Some(exchange.id),
            outcome: if because.is_empty() { StepOutcome::Passed } else { StepOutcome::Failed },
            because,
            took_ms: Some(exchange.phases.end_ms),
            ..self.skipped(step, String::new())
        };
        let accepted_control = step.expect.refused && seen.as_ref().is_some_and(|seen| seen.result == Outcome::Ok);
        self.known_or_failed(report, name, step.expect.refused, accepted_control || seen.is_none(), failed)
    }

    /// A failure the target knows of is reported as such; any other is to be explained, unless it is a finding of its own.
    fn known_or_failed(
        &self,
        report: StepReport,
        name: &str,
        control: bool,
        no_question: bool,
        failed: &mut Vec<FailedStep>,
    ) -> StepReport {
        if report.outcome != StepOutcome::Failed {
            return report;
        }
        if let Some(known) = self.known(name) {
            let because = vec![format!("known until {}: {}", known.expires, known.reason)];
            return StepReport { outcome: StepOutcome::Known, because, ..report };
        }
        if let Some(exchange) = report.exchange.filter(|_| !no_question) {
            failed.push(FailedStep { step: name.to_owned(), exchange, control });
        }
        report
    }

    fn known(&self, name: &str) -> Option<&KnownFailure> {
        let today = jiff::Zoned::now().date();
        let of = |known: &&KnownFailure| known.of == name || known.of == self.scenario.id;
        self.target.known_failures.iter().filter(|known| known.expires > today).find(of)
    }

    fn request(&self, step: &Step, surface: &Surface, name: &str) -> ProbeRequest {
        let usual = if self.target.opens(Door::ServiceCredentials) { Caller::Right } else { Caller::None };
        let first_user = self.target.users.first().map(|user| user.name.clone()).unwrap_or_default();
        let key = ProbeKey {
            surface: step.call.clone(),
            token: step.token,
            carrier: step.carrier.unwrap_or_else(|| surface.usual_carrier()),
            caller: if surface.takes_caller { step.caller.unwrap_or(usual) } else { Caller::None },
            user: step.user.clone().unwrap_or(first_user),
        };
        ProbeRequest {
            step: Some(name.to_owned()),
            path: step.path.as_deref().map(|path| self.captures.fill(path)),
            query: step.query.iter().map(|(name, value)| (name.clone(), self.captures.fill(value))).collect(),
            body: step.body.as_ref().map(|body| self.captures.fill_json(body)),
            send: step.send.as_ref().map(|send| send.iter().map(|one| self.captures.fill_json(one)).collect()),
            until: until(step, surface),
            ..ProbeRequest::new(key)
        }
    }

    fn skipped(&self, step: &Step, why: String) -> StepReport {
        let call =
            self.target.surfaces.get(&step.call).map_or_else(|| step.call.clone(), |surface| called(step, surface));
        StepReport {
            id: step.id.clone(),
            surface: step.call.clone(),
            call,
            outcome: StepOutcome::Skipped,
            exchange: None,
            because: if why.is_empty() { Vec::new() } else { vec![why] },
            source: format!("{}:{}", self.scenario.source, step.line),
            took_ms: None,
        }
    }
}

fn called(step: &Step, surface: &Surface) -> String {
    let path = step.path.as_deref().unwrap_or(&surface.path);
    match surface.kind {
        SurfaceKind::Websocket => format!("WebSocket {path}"),
        _ => format!("{} {path}", surface.method),
    }
}

/// A socket never ends by itself: it is followed to the last event that is waited for.
fn until(step: &Step, surface: &Surface) -> Until {
    let last = step.expect.terminal.as_ref().or_else(|| step.expect.events.last());
    match last {
        Some(name) if surface.kind == SurfaceKind::Websocket => Until::Event(name.clone()),
        _ => Until::Accepted,
    }
}

fn overall(steps: &[StepReport]) -> StepOutcome {
    let any = |outcome| steps.iter().any(|step| step.outcome == outcome);
    if any(StepOutcome::Failed) {
        StepOutcome::Failed
    } else if any(StepOutcome::Known) {
        StepOutcome::Known
    } else if any(StepOutcome::Passed) {
        StepOutcome::Passed
    } else {
        StepOutcome::Skipped
    }
}
