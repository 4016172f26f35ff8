//! The end of a run: makes the report of what was run and what the diagnosis concluded.
//!
//! Start at [`report`].
//!
//! - `exit`: the exit code and its meaning
//! - `lost`: what the deployed services lost
//! - `no_key`: what a run does not show, because the target names no signing key
//! - `passage`: the path of one failing request, for each cause
//! - `tested`: whether the run tested the deployed revisions
//!
//! Invariant: this folder never sends a probe and never changes a conclusion of the diagnosis.

pub(crate) mod exit;
pub(crate) mod lost;
pub(crate) mod no_key;
pub(crate) mod passage;
pub(crate) mod tested;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Browser, Proxy, Target, trace_url};
use crate::diagnose::{Cause, Certainty, FailedStep, Finding};
use crate::evidence::Evidence;
use crate::gate::{Baseline, Earlier, Gate, OTHER, role_of};
use crate::objectives;
use crate::preflight::{LOST, Lost};
use crate::report::{
    GateReport, Kept, PageReport, ProbeReport, Reach, Report, RunOutcome, SCHEMA, ScenarioReport, StepOutcome,
    StepReport, System, Timing, Unread,
};
use crate::run::context::record::Record;
use crate::run::context::smoke::Smoke;
use crate::run::drive::Driven;
use crate::run::ending::exit::Ended;
use crate::run::inquiry;
use crate::run::inquiry::Conclusion;

/// Makes the report of a run.
pub(crate) async fn report(
    run: &Smoke,
    driven: Driven,
    conclusion: Conclusion,
    record: Record,
    timing: Timing,
) -> Report {
    let Driven { mut scenarios, failed: to_explain } = driven;
    let Conclusion { mut causes, mut findings, evidence, measured, .. } = conclusion;
    let lost = lost::lost(run, &evidence).await;
    findings.extend(lost.iter().map(|lost| lost.finding.clone()));
    let deployed = tested::deployed(run, &evidence, &record);
    findings.extend(deployed.findings);
    findings.extend(no_key::finding(&run.target, &run.scenarios, &scenarios, &causes));
    for finding in &mut findings {
        finding.fails |= run.conduct.fail_on.contains(&finding.id);
    }
    causes.sort_by_key(rank);
    causes.iter_mut().for_each(|cause| name_owner(cause, &run.target));
    let losses = lost::losses(run, &evidence, &mut causes);
    // The finding that fails the gate lists the same variables.
    findings.extend(losses.into_iter().filter(|_| lost.is_none()));
    let of_steps = || objectives::measure(&run.target, &scenarios, &record.probes, &causes);
    let mut measured = measured.unwrap_or_else(of_steps);
    objectives::explain(&mut measured, &mut causes);
    if !measured.is_empty() {
        scenarios.extend(objectives::scenario(&run.target, &measured, jiff::Zoned::now().date()));
    }
    link_traces(&run.target, &mut scenarios, &record.probes);
    let interrupted = run.conduct.interruption.signal();
    let failed = scenarios.iter().any(|scenario| scenario.outcome == StepOutcome::Failed);
    let flaky = run.conduct.fail_on_flaky && steps(&scenarios).any(|step| step.flaky);
    let bad = failed || flaky || interrupted.is_some() || findings.iter().any(|finding| finding.fails);
    let outcome = if bad { RunOutcome::Failed } else { RunOutcome::Passed };
    for scenario in &mut scenarios {
        let prefix = format!("{}/", scenario.id);
        scenario.cause = causes.iter().position(|cause| cause.explains.iter().any(|step| step.starts_with(&prefix)));
    }
    let conduct = &run.conduct;
    let compare = |earlier: &Baseline| earlier.compare(&mut scenarios, &causes, &findings, conduct.new_only);
    let baseline = conduct.baseline.as_ref().map(compare);
    let nothing_new = baseline.as_ref().is_some_and(|one| one.new_only && !one.anything_new) && !flaky;
    let is_unseen = deployed.unseen.is_some();
    let unexplained = deployed.unseen.or_else(|| unexplained(&scenarios, &causes, &findings, interrupted.is_some()));
    let lost = lost.as_ref();
    let deploy = Deploy { run, record: &record, evidence: &evidence, failed: &to_explain, lost, unexplained };
    let (gate, nothing_involved) = deploy.gate(&causes, outcome).await;
    let ended = Ended {
        outcome,
        causes: &causes,
        findings: &findings,
        is_unseen,
        nothing_involved,
        nothing_new,
        failed,
        interrupted,
        is_hurried: conduct.interruption.is_hurried(),
    };
    Report {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target: run.target.name.clone(),
        system: system(&run.target),
        evidence: run.target.evidence_sources.iter().map(ToString::to_string).collect(),
        proxy: run.target.proxy.as_ref().map(Proxy::shown),
        reach: Reach { addresses: run.target.access.fixed.iter().map(ToString::to_string).collect(), waited: None },
        outcome,
        exit: ended.exit(),
        interrupted,
        shard: conduct.part.as_ref().map(|part| part.shard),
        kept: (conduct.part.is_some() || conduct.keep_evidence).then(|| Kept {
            order: conduct.part.as_ref().map(|part| part.order.clone()).unwrap_or_default(),
            evidence: evidence.clone(),
            twin: run.target.twin_place(),
        }),
        baseline,
        deployed: deployed.revisions,
        gate,
        explained: None,
        load: None,
        passages: passage::passages(&run.target, &causes, &scenarios, &record.probes),
        scenarios,
        objectives: measured,
        causes,
        findings,
        probes: record.probes,
        published: evidence.signing_key,
        unread: evidence
            .unread
            .into_iter()
            .map(|(evidence_source, why)| Unread { evidence: evidence_source.to_string(), why })
            .collect(),
        timing,
    }
}

fn system(target: &Target) -> Option<System> {
    let page = |browser: &Browser| PageReport { origin: browser.origin.clone(), credentials: browser.credentials };
    (!target.recorded)
        .then(|| System { backend: target.backend.to_string(), browser: target.browser.as_ref().map(page) })
}

/// Links each failed step to the trace of its exchange, if the target says where traces are.
fn link_traces(target: &Target, scenarios: &mut [ScenarioReport], probes: &[ProbeReport]) {
    let traces: BTreeMap<u32, &str> =
        probes.iter().map(|probe| (probe.exchange.id, probe.exchange.trace_id.as_str())).collect();
    let failed = |step: &&mut StepReport| matches!(step.outcome, StepOutcome::Failed | StepOutcome::Known);
    for step in scenarios.iter_mut().flat_map(|scenario| &mut scenario.steps).filter(failed) {
        let trace = step.exchange.and_then(|id| traces.get(&id));
        step.trace_url = trace.zip(target.trace_url.as_ref()).map(|(trace, template)| trace_url(template, trace));
    }
}

/// Names the people that the target gives for the owner of a cause.
fn name_owner(cause: &mut Cause, target: &Target) {
    if let Some(owner) = &mut cause.owner
        && let Some(named) = target.owners.get(owner)
    {
        *owner = format!("{named} ({owner})");
    }
}

/// What the gate needs from a failed run.
struct Deploy<'a> {
    run: &'a Smoke,
    record: &'a Record,
    evidence: &'a Evidence,
    failed: &'a [FailedStep],
    lost: Option<&'a Lost>,
    unexplained: Option<String>,
}

impl Deploy<'_> {
    /// Returns the advice, and whether no possible cause involves what was deployed.
    async fn gate(self, causes: &[Cause], outcome: RunOutcome) -> (Option<GateReport>, bool) {
        let Self { run, record, evidence, failed, lost, unexplained } = self;
        if outcome == RunOutcome::Passed || run.deployed.is_empty() {
            return (None, false);
        }
        let (target, catalogue) = (&*run.target, &*run.catalogue);
        let deployed = tested::by_role(run);
        let mut previous = run.conduct.previous.clone();
        previous.iter_mut().for_each(|one| one.service = role_of(&one.service, target));
        let given = inquiry::given(target, record, evidence, failed);
        // After an interruption the run must not wait for a command.
        let earlier = run.conduct.interruption.or(Earlier::look(given, catalogue, &previous)).await.unwrap_or_default();
        let gate = Gate {
            target,
            catalogue,
            deployed: &deployed,
            previous: &previous,
            manifests: &evidence.manifests,
            earlier: &earlier,
            baseline: run.conduct.baseline.as_ref(),
            lost,
            unexplained,
        };
        (gate.advise(causes), gate.nothing_involved(causes))
    }
}

/// Returns the failure that no cause explains, if there is one: the gate then gives no advice.
fn unexplained(
    scenarios: &[ScenarioReport],
    causes: &[Cause],
    findings: &[Finding],
    interrupted: bool,
) -> Option<String> {
    let explained: BTreeSet<&str> = causes.iter().flat_map(|cause| &cause.explains).map(String::as_str).collect();
    let failed = scenarios.iter().flat_map(|scenario| {
        let failed = scenario.steps.iter().filter(|step| step.outcome == StepOutcome::Failed);
        failed.map(move |step| format!("{}/{}", scenario.id, step.id))
    });
    let open: Vec<String> = failed.filter(|step| !explained.contains(step.as_str())).collect();
    if interrupted {
        Some("the run was interrupted: the steps that did not run may fail too".to_owned())
    } else if let Some(first) = open.first() {
        let more = if open.len() > 1 { format!(" and {} more", open.len() - 1) } else { String::new() };
        Some(format!("no cause explains {first}{more}"))
    } else {
        unexplained_finding(causes, findings)
    }
}

/// Returns the finding that fails the run and that no cause explains.
fn unexplained_finding(causes: &[Cause], findings: &[Finding]) -> Option<String> {
    let (of_deploy, other): (Vec<&Finding>, Vec<&Finding>) = findings
        .iter()
        .filter(|finding| finding.fails)
        .partition(|finding| [LOST, OTHER].contains(&finding.id.as_str()));
    let is_lost = of_deploy.iter().any(|finding| finding.id == LOST);
    match (other.first(), of_deploy.first()) {
        (Some(finding), _) => Some(format!("no cause explains the finding {}: {}", finding.id, finding.title)),
        (None, _) if is_lost || !causes.is_empty() => None,
        (None, Some(_)) => Some("the deployed revision does not get all traffic".to_owned()),
        (None, None) => Some("no cause explains the failure".to_owned()),
    }
}

/// Returns the sort key of a cause: causes that explain a failed step first, and of those the most certain first.
fn rank(cause: &Cause) -> (bool, Reverse<Certainty>) {
    (cause.explains.is_empty(), Reverse(cause.certainty))
}

fn steps(scenarios: &[ScenarioReport]) -> impl Iterator<Item = &StepReport> {
    scenarios.iter().flat_map(|scenario| &scenario.steps)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::rank;
    use crate::diagnose::Cause;

    #[test]
    fn causes_that_explain_a_step_come_first_then_the_most_certain() {
        let cause = |fault: &str, certainty: &str, explains: &[&str]| -> Cause {
            let text = json!({
                "fault": fault, "title": "t", "hop": "agents", "certainty": certainty, "confidence": 0.5,
                "explains": explains, "alternatives": [], "whys": [], "ruled_out": [], "involves": [],
            });
            serde_json::from_value(text).expect("a cause")
        };
        let mut causes = [
            cause("a/beside", "likely", &[]),
            cause("b/open", "ambiguous", &["s/1", "s/2"]),
            cause("b/likely", "likely", &["s/6"]),
            cause("c/found", "certain", &["s/3"]),
            cause("d/found-later", "certain", &["s/4"]),
            cause("e/unknown", "unknown", &["s/5"]),
        ];
        causes.sort_by_key(rank);
        assert_eq!(
            causes.map(|cause| cause.fault),
            ["c/found", "d/found-later", "b/likely", "b/open", "e/unknown", "a/beside"]
        );
    }
}
