//! Makes the result: the numbers, the steps, the findings and the exchanges that show them.

use std::collections::BTreeMap;

use crate::diagnose::{Catalogue, Finding, Proof};
use crate::load::asked::Allowed;
use crate::load::stage::Stage;
use crate::load::tally::ledger::{Failure, Ledger};
use crate::load::tally::{latency, traits};
use crate::probe::{Exchange, clean_events, clean_frames};
use crate::redact::Redactor;
use crate::report::{LoadFailure, LoadLeak, LoadReport, ObjectiveReport, ScenarioReport, StepOutcome};
use crate::run::scenario_not_begun;

/// The fault that a foreign marker proves.
pub(crate) const LEAK: &str = "backend/cross-user-leak";
/// The finding that fewer calls were served than the target asks for.
pub(crate) const UNSERVED: &str = "load-unserved";
/// The start of the ids of findings about what failed calls have in common.
const COMMON: &str = "load-common-";
/// Kinds of failure that are listed.
const LISTED: usize = 20;

/// The result of a run with many users.
pub(crate) struct LoadResult {
    pub(crate) report: LoadReport,
    pub(crate) scenarios: Vec<ScenarioReport>,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) objectives: Vec<ObjectiveReport>,
}

/// Makes the result. Redacts what is kept of the exchanges.
pub(crate) fn result(stage: &Stage, allowed: &Allowed, redactor: &Redactor) -> LoadResult {
    let mut ledger = stage.ledger();
    ledger.settle_leaks();
    let exchanges = numbered(std::mem::take(&mut ledger.exchanges), redactor);
    let users: Vec<String> = stage.target.users.iter().map(|user| user.name.clone()).collect();
    let traits = traits::counted(&ledger.calls, &ledger.names, &users);
    let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let report = LoadReport {
        users: u32::try_from(users.len()).unwrap_or(u32::MAX),
        ramp_ms: milliseconds(allowed.ramp),
        hold_ms: milliseconds(allowed.hold),
        rate: allowed.rate.ceil() as u32,
        calls: ledger.calls.len() as u64,
        served: ledger.calls.iter().filter(|call| call.is_served).count() as u64,
        unsent: ledger.unsent,
        objective: allowed.bound.served,
        sockets: ledger.most_open,
        sockets_lost: ledger.sockets_lost,
        events: ledger.events,
        latency: ledger.latencies.iter().map(|(kind, one)| latency::of(kind.as_str(), &one.0, one.1)).collect(),
        failures: failures(stage, &ledger, redactor),
        common: traits::in_common(&traits),
        traits,
        leaks: ledger.leaks.iter().map(|leak| listed(stage, leak)).collect(),
        leak_count: ledger.leak_count,
        not_cleaned: ledger.not_cleaned,
    };
    let scenarios = scenarios(stage, &ledger, &report, redactor);
    let objectives = ledger.objectives.reports(&stage.target.objectives);
    LoadResult { report, scenarios, exchanges, objectives }
}

/// Redacts the exchanges and numbers them from 1.
fn numbered(exchanges: Vec<Exchange>, redactor: &Redactor) -> Vec<Exchange> {
    let clean = |(exchange, id): (Exchange, u32)| {
        let mut exchange = Exchange { id, ..exchange };
        exchange.events = clean_events(exchange.events, redactor);
        exchange.frames = clean_frames(exchange.frames, redactor);
        let mut value = serde_json::to_value(&exchange).unwrap_or_default();
        redactor.clean_json(&mut value);
        // Without a whole record, nothing of it is shown.
        serde_json::from_value::<Exchange>(value).ok()
    };
    exchanges.into_iter().zip(1..).filter_map(clean).collect()
}

fn exchange_id(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1)
}

fn failures(stage: &Stage, ledger: &Ledger, redactor: &Redactor) -> Vec<LoadFailure> {
    let names = step_names(stage);
    let mut all: Vec<&Failure> = ledger.failures.values().collect();
    all.sort_by_key(|failure| (std::cmp::Reverse(failure.calls), failure.step));
    let of = |failure: &Failure| LoadFailure {
        step: names.get(&failure.step).cloned().unwrap_or_default(),
        says: redactor.clean(ledger.names.text(failure.says)),
        calls: failure.calls,
        users: failure.users.len() as u64,
        exchange: failure.example.map(exchange_id),
    };
    all.into_iter().take(LISTED).map(of).collect()
}

fn step_names(stage: &Stage) -> BTreeMap<u16, String> {
    let places = stage.scenarios.iter().flat_map(|scenario| stage.places(scenario));
    places.map(|(place, _)| (place.step, place.name)).collect()
}

fn listed(stage: &Stage, leak: &crate::load::tally::ledger::Leak) -> LoadLeak {
    let name = |user: usize| stage.target.users[user].name.clone();
    LoadLeak {
        owner: name(leak.owner),
        seen_by: name(leak.seen_by),
        marker: stage.markers.of(leak.owner).to_owned(),
        step: step_names(stage).remove(&leak.step).unwrap_or_default(),
        exchange: exchange_id(leak.seen_in),
        sent_in: leak.sent_in.map(exchange_id),
    }
}

/// Returns the scenarios. A step fails if the run misses its objective and the step misses it too.
fn scenarios(stage: &Stage, ledger: &Ledger, report: &LoadReport, redactor: &Redactor) -> Vec<ScenarioReport> {
    let mut counts: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
    for call in &ledger.calls {
        let count = counts.entry(call.step).or_default();
        count.0 += 1;
        count.1 += u64::from(call.is_served);
    }
    let is_missed = is_unserved(report);
    let reports = stage.scenarios.iter().map(|scenario| {
        let mut done = scenario_not_begun(&stage.target, scenario, "no user sent it");
        for (step, (place, _)) in done.steps.iter_mut().zip(stage.places(scenario)) {
            let Some((calls, served)) = counts.get(&place.step).copied() else { continue };
            let fails = is_missed && (served as f64) < report.objective * calls as f64;
            step.outcome = if fails { StepOutcome::Failed } else { StepOutcome::Passed };
            step.because.clear();
            let worst = ledger.failures.values().filter(|failure| failure.step == place.step);
            if let Some(worst) = worst.max_by_key(|failure| failure.calls).filter(|_| fails) {
                let says = redactor.clean(ledger.names.text(worst.says));
                step.because =
                    vec![format!("{served} of {calls} calls were served"), format!("{} times: {says}", worst.calls)];
                step.exchange = worst.example.map(exchange_id);
            }
        }
        let any = |outcome| done.steps.iter().any(|step| step.outcome == outcome);
        done.outcome = match (any(StepOutcome::Failed), any(StepOutcome::Passed)) {
            (true, _) => StepOutcome::Failed,
            (false, true) => StepOutcome::Passed,
            (false, false) => StepOutcome::Skipped,
        };
        done
    });
    reports.collect()
}

/// Reports whether fewer calls were served than the target asks for.
pub(crate) fn is_unserved(report: &LoadReport) -> bool {
    (report.served as f64) < report.objective * report.calls as f64
}

/// Returns the findings: a leak first, then a missed objective, and what the failed calls have in common.
pub(crate) fn findings(report: &LoadReport, catalogue: &Catalogue) -> Vec<Finding> {
    let leak = (report.leak_count > 0).then(|| leak(report, catalogue));
    let unserved = is_unserved(report).then(|| unserved(report));
    let common = report.common.iter().map(|one| Finding {
        id: format!("{COMMON}{}", one.counts.name),
        title: "The failed calls have something in common".to_owned(),
        evidence: vec![Proof::new(format!("{} (p = {:.1e})", one.says, one.p_value), None)],
        fails: false,
    });
    leak.into_iter().chain(unserved).chain(common).collect()
}

fn leak(report: &LoadReport, catalogue: &Catalogue) -> Finding {
    let title = catalogue.faults().iter().find(|fault| fault.id == LEAK).map(|fault| fault.title.clone());
    let proofs = report.leaks.iter().flat_map(|leak| {
        let sent = format!("{} sent the marker {}", leak.owner, leak.marker);
        let seen = format!("{} received this marker of {} in {}", leak.seen_by, leak.owner, leak.step);
        let sent_in = leak.sent_in.map(|id| Proof::new(sent, Some(id)));
        [Some(Proof::new(seen, Some(leak.exchange))), sent_in]
    });
    let count = Proof::new(format!("{} such responses, frames or events in this run", report.leak_count), None);
    Finding {
        id: LEAK.to_owned(),
        title: title.unwrap_or_else(|| "A user received data of another user".to_owned()),
        evidence: proofs.flatten().chain([count]).collect(),
        fails: true,
    }
}

/// Returns the finding of a missed objective. It fails the run by itself only if the failed calls have something in
/// common: then the run says what is wrong.
fn unserved(report: &LoadReport) -> Finding {
    let share = 100.0 * report.served as f64 / (report.calls.max(1)) as f64;
    let says = format!(
        "{} of {} calls were served: {share:.1} %, and the objective is {:.1} %",
        report.served,
        report.calls,
        report.objective * 100.0
    );
    let kinds = report.failures.iter().take(3).map(|failure| {
        let says = format!("{}: {} (calls: {}, users: {})", failure.step, failure.says, failure.calls, failure.users);
        Proof::new(says, failure.exchange)
    });
    Finding {
        id: UNSERVED.to_owned(),
        title: "The system serves a smaller share of the calls than the target asks for".to_owned(),
        evidence: std::iter::once(Proof::new(says, None)).chain(kinds).collect(),
        fails: !report.common.is_empty(),
    }
}

/// Returns the ids of the findings of this folder.
pub(crate) fn finding_ids() -> Vec<String> {
    let names = ["endpoint", "instance", "revision", "token-location", "user", "after-second", "after-call"];
    let common = names.iter().map(|name| format!("{COMMON}{name}"));
    [LEAK.to_owned(), UNSERVED.to_owned()].into_iter().chain(common).collect()
}
