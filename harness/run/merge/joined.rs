//! The probes and scenarios of all parts, as if one run had made them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::FailedStep;
use crate::observe::Outcome;
use crate::probe::Exchange;
use crate::report::{Kept, ProbeReport, Report, ScenarioReport, StepOutcome, StepReport};
use crate::run::context::record::Record;
use crate::run::drive::Driven;

/// All parts as one run: the scenarios in their order, then their probes before those of the diagnosis, with new ids.
#[derive(Default)]
pub(crate) struct Joined {
    pub(crate) record: Record,
    pub(crate) driven: Driven,
    /// Probes that the diagnosis does not use.
    pub(crate) left_out: BTreeSet<u32>,
}

impl Joined {
    pub(crate) fn of(reports: Vec<Report>) -> Self {
        let mut joined = Self::default();
        let (mut scenarios, mut others) = (Vec::new(), Vec::new());
        for (part, report) in reports.into_iter().enumerate() {
            let (of_steps, rest): (Vec<ProbeReport>, Vec<ProbeReport>) =
                report.probes.into_iter().partition(|probe| probe.exchange.step.is_some());
            let mut of_steps = of_steps;
            for (place, scenario) in report.scenarios.into_iter().enumerate() {
                let prefix = format!("{}/", scenario.id);
                let is_own = |probe: &mut ProbeReport| {
                    probe.exchange.step.as_ref().is_some_and(|step| step.starts_with(&prefix))
                };
                let own: Vec<ProbeReport> = of_steps.extract_if(.., is_own).collect();
                let place = place_in(report.kept.as_ref(), &scenario.id).unwrap_or((part, place));
                scenarios.push((place, scenario, own));
            }
            others.extend(of_steps.into_iter().chain(rest));
        }
        scenarios.sort_by_key(|(place, ..)| *place);
        for (_, scenario, probes) in scenarios {
            joined.drive(scenario, probes);
        }
        let (left_out, asked): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|probe| calls_itself_a_test(&probe.exchange));
        for probe in asked {
            joined.take(probe, true);
        }
        joined.left_out = left_out.into_iter().map(|probe| joined.take(probe, false).1).collect();
        joined
    }

    fn drive(&mut self, mut scenario: ScenarioReport, probes: Vec<ProbeReport>) {
        let renumbered: BTreeMap<u32, u32> = probes.into_iter().map(|probe| self.take(probe, true)).collect();
        for step in &mut scenario.steps {
            step.exchanges_mut().for_each(|id| *id = renumbered.get(id).copied().unwrap_or(*id));
            step.already = false;
            self.driven.failed.extend(self.record.to_explain(&scenario.id, step));
        }
        scenario.cause = None;
        self.driven.scenarios.push(scenario);
    }

    /// Returns the old id of the probe and its new one.
    fn take(&mut self, mut probe: ProbeReport, diagnosed: bool) -> (u32, u32) {
        let new = u32::try_from(self.record.probes.len()).unwrap_or(u32::MAX).saturating_add(1);
        let old = std::mem::replace(&mut probe.exchange.id, new);
        probe.observation.iter_mut().for_each(|seen| seen.exchange = new);
        if let ProbeReport { observation: Some(seen), exchange } = &mut probe {
            crate::observe::complete(seen, exchange);
        }
        self.record.take(probe, diagnosed);
        (old, new)
    }
}

/// Returns the place of a scenario in the whole run, if the part knows it. Such scenarios come before those of other
/// parts.
fn place_in(kept: Option<&Kept>, scenario: &str) -> Option<(usize, usize)> {
    kept?.order.get(scenario).map(|place| (0, *place))
}

/// Reports whether the probe had the headers by which tests identify themselves. `probe` sends them with no other
/// probe.
fn calls_itself_a_test(exchange: &Exchange) -> bool {
    let names = exchange.request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    names.into_iter().any(|name| name.starts_with("x-test-") || name.starts_with("x-e2e-"))
}

impl Record {
    /// Returns a failed step that needs a diagnosis: neither an accepted control, which is a finding, nor a step that
    /// the run budget ended.
    fn to_explain(&self, scenario: &str, step: &StepReport) -> Option<FailedStep> {
        let exchange = step.exchange.filter(|_| step.outcome == StepOutcome::Failed)?;
        let seen = self.observations.iter().find(|seen| seen.exchange == exchange)?;
        let control = !seen.probe.token.should_be_accepted();
        let question = !(control && seen.result == Outcome::Ok);
        question.then(|| FailedStep { step: format!("{scenario}/{}", step.id), exchange, control })
    }
}
