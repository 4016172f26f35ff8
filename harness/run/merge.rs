//! Parts of a run become the report that one run would have given: diagnosed anew, with all that any of them saw. Sends nothing. Sits in
//! `run`; `docs/shards.md` says what a part must hold.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::drive::Driven;
use super::inquiry::{self, Conclusion};
use super::record::Record;
use super::{ByHand, Smoke, ending};
use crate::diagnose::{FailedStep, diagnose, findings, opened_by_test_headers};
use crate::evidence::Evidence;
use crate::observe::Outcome;
use crate::probe::Exchange;
use crate::report::{Kept, ProbeReport, Report, ScenarioReport, StepOutcome, StepReport, Timing, Unread};
use crate::target::Target;

/// Why reports are no parts of one run.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum MergeError {
    /// One is of another deployment.
    #[error("{from} is of the target `{found}`, not of `{target}`")]
    #[diagnostic(code(fivewhys::merge::other_target))]
    Target {
        /// Which file.
        from: String,
        /// Its target.
        found: String,
        /// That of the merge.
        target: String,
    },
    /// The same part, or the same scenario, is there twice.
    #[error("{what} is in {one} and in {other}")]
    #[diagnostic(code(fivewhys::merge::twice))]
    Twice {
        /// `shard 1/2`, `scenario chat`.
        what: String,
        /// Which file.
        one: String,
        /// Which other file.
        other: String,
    },
    /// They were divided otherwise.
    #[error("{from} is {found}, and others are of {count} shards")]
    #[diagnostic(code(fivewhys::merge::other_count))]
    Count {
        /// Which file.
        from: String,
        /// `no shard`, or which.
        found: String,
        /// How many the others are of.
        count: usize,
    },
    /// Not all parts are there: what is not there may have failed.
    #[error("of {count} shards {} missing", missing(.index))]
    #[diagnostic(code(fivewhys::merge::missing))]
    Missing {
        /// Those that are not there, from 1.
        index: Vec<usize>,
        /// How many there must be.
        count: usize,
    },
}

/// One part, and the file it was read from.
#[derive(Debug, Clone)]
pub struct NamedReport {
    /// The file, for errors.
    pub from: String,
    /// The part.
    pub report: Report,
}

/// Merges the parts. `run` holds the target and what a gate is told; its scenarios are not looked at.
///
/// # Errors
/// When they are not the parts of one run of this target, each of them once.
pub async fn merge(mut run: Smoke, parts: Vec<NamedReport>, by_hand: &ByHand) -> Result<Report, MergeError> {
    belong_together(&parts, &run.target)?;
    let mut reports: Vec<Report> = parts.into_iter().map(|part| part.report).collect();
    reports.sort_by_key(|report| report.shard);
    run.target = target(&run.target, &reports, by_hand).into();
    reports
        .iter()
        .filter_map(|report| report.interrupted)
        .for_each(|signal| run.conduct.interruption.interrupt(signal));
    let (timing, unread) = (timing(&reports), unread(&reports));
    let mut evidence = evidence(&reports);
    by_hand.supplied.lay_manifests_over(&mut evidence);
    by_hand.supplied.add_log_to(&mut evidence, &run.target, &|text| run.redactor.clean(text));
    let Joined { record, driven, left_out } = Joined::of(reports);
    let given = inquiry::given(&run.target, &record, &evidence, &driven.failed);
    let causes = diagnose(given, &run.catalogue);
    let mut findings = findings(given, &causes);
    let of_left_out = record.probes.iter().filter(|probe| left_out.contains(&probe.exchange.id));
    let observed = of_left_out.filter_map(|probe| probe.observation.as_ref());
    findings.extend(observed.filter_map(|seen| opened_by_test_headers(&run.target, seen)).next());
    let conclusion = Conclusion { causes, findings, evidence, probes: timing.diagnosis_probes };
    let mut report = ending::report(&run, driven, conclusion, record, timing).await;
    report.unread = unread;
    Ok(report)
}

/// Checks that they are what one run was divided into.
fn belong_together(parts: &[NamedReport], target: &Target) -> Result<(), MergeError> {
    if let Some(NamedReport { from, report }) = parts.iter().find(|part| part.report.target != target.name) {
        let (found, target) = (report.target.clone(), target.name.clone());
        return Err(MergeError::Target { from: from.clone(), found, target });
    }
    let shards = || parts.iter().filter_map(|part| part.report.shard);
    let count = shards().next().map(|shard| shard.count);
    let other = |part: &&NamedReport| part.report.shard.map(|shard| shard.count) != count;
    if let Some((NamedReport { from, report }, count)) = parts.iter().find(other).zip(count) {
        let found = report.shard.map_or_else(|| "no shard".to_owned(), |shard| format!("shard {shard}"));
        return Err(MergeError::Count { from: from.clone(), found, count });
    }
    nothing_is_there_twice(parts)?;
    let there: BTreeSet<usize> = shards().map(|shard| shard.index).collect();
    let count = count.unwrap_or_default();
    let index: Vec<usize> = (1..=count).filter(|index| !there.contains(index)).collect();
    if index.is_empty() { Ok(()) } else { Err(MergeError::Missing { index, count }) }
}

fn nothing_is_there_twice(parts: &[NamedReport]) -> Result<(), MergeError> {
    let mut seen: BTreeMap<String, &String> = BTreeMap::new();
    for NamedReport { from, report } in parts {
        let shard = report.shard.map(|shard| format!("shard {shard}"));
        let scenarios = report.scenarios.iter().map(|scenario| format!("scenario {}", scenario.id));
        for what in shard.into_iter().chain(scenarios) {
            if let Some(one) = seen.insert(what.clone(), from) {
                return Err(MergeError::Twice { what, one: one.clone(), other: from.clone() });
            }
        }
    }
    Ok(())
}

fn missing(index: &[usize]) -> String {
    let all: Vec<String> = index.iter().map(ToString::to_string).collect();
    format!("{} {}", all.join(", "), if all.len() == 1 { "is" } else { "are" })
}

/// With the doors that were open to any of them, and the twin where the first of them met it.
fn target(target: &Target, reports: &[Report], by_hand: &ByHand) -> Target {
    let mut target = target.clone();
    if let Some(twin) = reports.iter().find_map(|report| report.kept.as_ref()?.twin.clone()) {
        target.stand_where(twin);
    }
    let doors = reports.iter().flat_map(|report| &report.doors);
    target.doors = doors
        .filter_map(|door| serde_json::from_value(door.as_str().into()).ok())
        .chain(by_hand.supplied.doors())
        .collect();
    target
}

/// The manifests of the first part that has them, and every line of every log once.
fn evidence(reports: &[Report]) -> Evidence {
    let mut all = Evidence::default();
    for kept in reports.iter().filter_map(|report| report.kept.as_ref()) {
        for (service, manifest) in &kept.evidence.manifests {
            all.manifests.entry(*service).or_insert_with(|| manifest.clone());
        }
        all.signing_key = all.signing_key.or_else(|| kept.evidence.signing_key.clone());
        all.log_read_at = all.log_read_at.max(kept.evidence.log_read_at);
        let fresh = kept.evidence.log.iter().filter(|entry| !all.log.contains(entry)).cloned().collect::<Vec<_>>();
        all.log.extend(fresh);
    }
    all.log.sort_by_key(|entry| entry.at);
    all
}

fn unread(reports: &[Report]) -> Vec<Unread> {
    let mut all: Vec<Unread> = Vec::new();
    for one in reports.iter().flat_map(|report| &report.unread) {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    all
}

/// From the first beginning to the last end; what was done by all of them together.
fn timing(reports: &[Report]) -> Timing {
    let all = || reports.iter().map(|report| &report.timing);
    let sum = |of: fn(&Timing) -> f64| all().map(of).sum();
    let started_at = all().map(|one| one.started_at).min().unwrap_or_default();
    let ends = all().map(|one| one.started_at.duration_since(started_at).as_secs_f64() * 1000.0 + one.total_ms);
    Timing {
        started_at,
        total_ms: ends.fold(0.0, f64::max),
        scenarios_ms: sum(|one| one.scenarios_ms),
        diagnosis_ms: sum(|one| one.diagnosis_ms),
        scenario_probes: all().map(|one| one.scenario_probes).sum(),
        diagnosis_probes: all().map(|one| one.diagnosis_probes).sum(),
    }
}

/// All parts as if one run had driven them: scenarios in their order, their probes first, numbered anew.
#[derive(Default)]
struct Joined {
    record: Record,
    driven: Driven,
    /// Probes of which nothing is diagnosed.
    left_out: BTreeSet<u32>,
}

impl Joined {
    fn of(reports: Vec<Report>) -> Self {
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

    /// The probe's old number and its new one.
    fn take(&mut self, mut probe: ProbeReport, diagnosed: bool) -> (u32, u32) {
        let new = u32::try_from(self.record.probes.len()).unwrap_or(u32::MAX).saturating_add(1);
        let old = std::mem::replace(&mut probe.exchange.id, new);
        probe.observation.iter_mut().for_each(|seen| seen.exchange = new);
        self.record.take(probe, diagnosed);
        (old, new)
    }
}

/// Before everything of parts that do not know it.
fn place_in(kept: Option<&Kept>, scenario: &str) -> Option<(usize, usize)> {
    kept?.order.get(scenario).map(|place| (0, *place))
}

/// The headers that `probe` sends with such a probe, and with no other.
fn calls_itself_a_test(exchange: &Exchange) -> bool {
    let names = exchange.request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    names.into_iter().any(|name| name.starts_with("x-test-") || name.starts_with("x-e2e-"))
}

impl Record {
    /// A failed step that is a question for the diagnosis: neither an accepted control, which is a finding, nor one that the run's budget ended.
    fn to_explain(&self, scenario: &str, step: &StepReport) -> Option<FailedStep> {
        let exchange = step.exchange.filter(|_| step.outcome == StepOutcome::Failed)?;
        let seen = self.observations.iter().find(|seen| seen.exchange == exchange)?;
        let control = !seen.probe.token.should_be_accepted();
        let question = !(control && seen.result == Outcome::Ok);
        question.then(|| FailedStep { step: format!("{scenario}/{}", step.id), exchange, control })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Shard;

    #[test]
    fn missing_shards_are_named() {
        let says = |index: &[usize]| MergeError::Missing { index: index.to_vec(), count: 3 }.to_string();
        assert_eq!(says(&[2]), "of 3 shards 2 is missing");
        assert_eq!(says(&[1, 3]), "of 3 shards 1, 3 are missing");
        assert!(Some(Shard { index: 1, count: 2 }) < Some(Shard { index: 2, count: 2 }));
    }
}
