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
            // A failed step also names the login that it needed.
            let named: BTreeSet<u32> = report.scenarios.iter().flat_map(exchanges).collect();
            let is_of_a_step =
                |probe: &ProbeReport| probe.exchange.step.is_some() || named.contains(&probe.exchange.id);
            let (of_steps, rest): (Vec<ProbeReport>, Vec<ProbeReport>) =
                report.probes.into_iter().partition(is_of_a_step);
            let mut of_steps = of_steps;
            for (place, scenario) in report.scenarios.into_iter().enumerate() {
                let prefix = format!("{}/", scenario.id);
                let named: BTreeSet<u32> = exchanges(&scenario).collect();
                let is_own = |probe: &mut ProbeReport| match &probe.exchange.step {
                    Some(step) => step.starts_with(&prefix),
                    None => named.contains(&probe.exchange.id),
                };
                let own: Vec<ProbeReport> = of_steps.extract_if(.., is_own).collect();
                let place = place_in(report.kept.as_ref(), &scenario.id).unwrap_or((part, place));
                scenarios.push((place, part, scenario, own));
            }
            others.extend(of_steps.into_iter().chain(rest));
        }
        scenarios.sort_by_key(|(place, ..)| *place);
        let mut renumbered = BTreeMap::new();
        for (_, part, scenario, probes) in scenarios {
            joined.drive(scenario, probes, renumbered.entry(part).or_default());
        }
        let (left_out, asked): (Vec<_>, Vec<_>) = others.into_iter().partition(|probe| is_a_control(&probe.exchange));
        for probe in asked {
            joined.take(probe, true);
        }
        joined.left_out = left_out.into_iter().map(|probe| joined.take(probe, false).1).collect();
        joined
    }

    /// Takes a scenario with its probes. `renumbered` has the new ids of the part's probes: scenarios may share a login.
    fn drive(&mut self, mut scenario: ScenarioReport, probes: Vec<ProbeReport>, renumbered: &mut BTreeMap<u32, u32>) {
        renumbered.extend(probes.into_iter().map(|probe| self.take(probe, true)));
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

/// Returns the ids of the exchanges that the steps of a scenario name.
fn exchanges(scenario: &ScenarioReport) -> impl Iterator<Item = u32> {
    scenario.steps.iter().flat_map(|step| step.tries.iter().map(|one| one.exchange).chain(step.exchange))
}

/// Returns the place of a scenario in the whole run, if the part knows it. Such scenarios come before those of other
/// parts.
fn place_in(kept: Option<&Kept>, scenario: &str) -> Option<(usize, usize)> {
    kept?.order.get(scenario).map(|place| (0, *place))
}

/// Reports whether the probe was a control that the diagnosis does not read: it named a foreign Origin, or had the headers
/// by which tests identify themselves. `probe` sends them with no other probe.
fn is_a_control(exchange: &Exchange) -> bool {
    let names = exchange.request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    let calls_itself_a_test = names.into_iter().any(|name| name.starts_with("x-test-") || name.starts_with("x-e2e-"));
    calls_itself_a_test || exchange.browser.as_ref().is_some_and(|browser| browser.foreign)
}

impl Record {
    /// Returns a failed step that needs a diagnosis: neither an accepted control, which is a finding, nor a step that
    /// the run budget ended.
    fn to_explain(&self, scenario: &str, step: &StepReport) -> Option<FailedStep> {
        let exchange = step.exchange.filter(|_| step.outcome == StepOutcome::Failed)?;
        let seen = self.observations.iter().find(|seen| seen.exchange == exchange)?;
        // The login of a step sends no token either, and it must work.
        let control = step.endpoint == seen.probe.endpoint && !seen.probe.token.should_be_accepted();
        let question = !(control && seen.result == Outcome::Ok);
        question.then(|| FailedStep { step: format!("{scenario}/{}", step.id), exchange, control })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::fixtures::{exchange, staging};
    use crate::probe::AsBrowser;
    use crate::terms::TokenKind;

    #[rstest]
    #[case::of_a_test(of_a_test(), true)]
    #[case::of_a_foreign_page(of_a_page(true), true)]
    #[case::of_its_own_page(of_a_page(false), false)]
    fn a_control_is_not_diagnosed(#[case] sent: Exchange, #[case] is_control: bool) {
        assert_eq!(is_a_control(&sent), is_control);
    }

    fn of_a_test() -> Exchange {
        let mut sent = exchange("backend.threads", TokenKind::Valid);
        sent.request.headers.push(("X-Test-User".into(), "1".into()));
        sent
    }

    fn of_a_page(foreign: bool) -> Exchange {
        let browser = Some(AsBrowser { origin: "https://app.example".into(), foreign, preflight: None });
        Exchange { browser, ..exchange("backend.threads", TokenKind::Valid) }
    }

    #[rstest]
    #[case::of_a_step_that_sends_no_token("auth.login", true)]
    #[case::of_a_step_that_logs_in("backend.chat-messages", false)]
    fn only_a_call_of_the_step_itself_is_a_control(#[case] endpoint: &str, #[case] control: bool) {
        let mut record = Record::default();
        let login = exchange("auth.login", TokenKind::None).answered(500, "text/plain", "out of order");
        let kept = record.keep(login, &staging()).expect("it can be observed");
        let step = json!({ "id": "sign-in", "endpoint": endpoint, "call": "POST /auth/login", "outcome": "failed",
            "exchange": kept.exchange, "source": "login.toml:4" });
        let step: StepReport = serde_json::from_value(step).expect("a step");
        let failed = record.to_explain("login", &step).expect("it has a question");
        assert_eq!(failed.control, control);
    }
}
