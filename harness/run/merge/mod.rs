//! Merges the reports of shards into the report of one run, and diagnoses again with all observations. Sends nothing.
//!
//! Start at [`merge`].
//!
//! - `parts`: whether the reports belong together
//! - `joined`: the scenarios and probes of all parts, numbered again
//!
//! Invariant: this folder never touches the network.

pub(crate) mod joined;
pub(crate) mod parts;

use crate::config::Target;
use crate::diagnose::{diagnose, findings, opened_by_test_headers};
use crate::evidence::{Evidence, LogEntry};
use crate::report::{Report, Timing, Unread};
use crate::run::context::smoke::Smoke;
use crate::run::inquiry::Conclusion;
use crate::run::merge::joined::Joined;
use crate::run::merge::parts::{MergeError, NamedReport, belong_together, without_objectives};
use crate::run::{ByHand, ending, inquiry};
use crate::terms::EvidenceSource;

/// Merges the parts. `run` has the target and the settings of the gate; its scenarios are not used.
///
/// # Errors
/// When the reports are not all parts of one run of this target, each exactly once.
pub async fn merge(mut run: Smoke, parts: Vec<NamedReport>, by_hand: &ByHand) -> Result<Report, MergeError> {
    let parts = without_objectives(parts);
    belong_together(&parts, &run.target)?;
    let mut reports: Vec<Report> = parts.into_iter().map(|part| part.report).collect();
    reports.sort_by_key(|report| report.shard);
    run.target = target(&run.target, &reports, by_hand).into();
    reports
        .iter()
        .filter_map(|report| report.interrupted)
        .for_each(|signal| run.conduct.interruption.interrupt(signal));
    let (timing, unread) = (timing(&reports), unread(&reports));
    let mut evidence = evidence(reports.iter().filter_map(|report| report.kept.as_ref()).map(|kept| &kept.evidence));
    evidence.signing_key = evidence.signing_key.or_else(|| reports.iter().find_map(|report| report.published.clone()));
    evidence.unread = unread.iter().filter_map(source_unread).collect();
    by_hand.supplied.lay_manifests_over(&mut evidence, &|text| run.redactor.clean(text));
    by_hand.supplied.add_log_to(&mut evidence, &run.target, &|text| run.redactor.clean(text));
    let Joined { record, driven, left_out } = Joined::of(reports);
    let given = inquiry::given(&run.target, &record, &evidence, &driven.failed);
    let causes = diagnose(given, &run.catalogue);
    let mut findings = findings(given, &causes);
    let of_left_out = record.probes.iter().filter(|probe| left_out.contains(&probe.exchange.id));
    let observed = of_left_out.filter_map(|probe| probe.observation.as_ref());
    findings.extend(observed.filter_map(|seen| opened_by_test_headers(&run.target, seen)).next());
    let conclusion = Conclusion { causes, findings, evidence, probes: timing.diagnosis_probes, measured: None };
    let mut report = ending::report(&run, driven, conclusion, record, timing).await;
    report.unread = unread;
    Ok(report)
}

/// Returns the target with the evidence of all parts, and with the addresses of the twin of the first part.
fn target(target: &Target, reports: &[Report], by_hand: &ByHand) -> Target {
    let mut target = target.clone();
    if let Some(twin) = reports.iter().find_map(|report| report.kept.as_ref()?.twin.clone()) {
        target.stand_where(twin);
    }
    let evidence_sources = reports.iter().flat_map(|report| &report.evidence);
    target.evidence_sources =
        evidence_sources.filter_map(|name| source(name)).chain(by_hand.supplied.evidence_sources()).collect();
    target
}

/// Returns the manifests of the first part that has them, and every log entry once.
fn evidence<'a>(parts: impl Iterator<Item = &'a Evidence>) -> Evidence {
    let mut all = Evidence::default();
    for part in parts {
        for (service, manifest) in &part.manifests {
            all.manifests.entry(*service).or_insert_with(|| manifest.clone());
        }
        all.signing_key = all.signing_key.or_else(|| part.signing_key.clone());
        all.log_read_at = all.log_read_at.max(part.log_read_at);
        all.log.extend(part.log.iter().cloned());
    }
    all.log = each_once(all.log.into()).into();
    all
}

/// Returns the entries, the oldest first, each one once: two parts that read the same log have the same entries.
fn each_once(mut log: Vec<LogEntry>) -> Vec<LogEntry> {
    log.sort_by_key(|entry| entry.at);
    let mut once: Vec<LogEntry> = Vec::with_capacity(log.len());
    for entry in log {
        let same = once.iter().rev().take_while(|other| other.at == entry.at).any(|other| is_same(other, &entry));
        if !same {
            once.push(entry);
        }
    }
    once
}

/// Reports whether two entries are the same one. Its line differs between two exports of one log.
fn is_same(one: &LogEntry, other: &LogEntry) -> bool {
    *one == LogEntry { line: one.line, ..other.clone() }
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

/// Returns a source of evidence that a part could not read. The diagnosis of a merge must know it too.
fn source_unread(unread: &Unread) -> Option<(EvidenceSource, String)> {
    Some((source(&unread.evidence)?, unread.why.clone()))
}

/// Returns the source of evidence with this name.
fn source(name: &str) -> Option<EvidenceSource> {
    serde_json::from_value(name.into()).ok()
}

/// Returns the time from the first start to the last end, and the sums of the other times.
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
        held_back_ms: sum(|one| one.held_back_ms),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rstest::rstest;

    use super::*;
    use crate::fixtures::log_entry;
    use crate::terms::Hop;
    use crate::token::Published;

    fn line(second: i64, text: &str) -> LogEntry {
        let at = Timestamp::from_second(second).expect("a second");
        log_entry(at, Hop::Backend, text)
    }

    #[test]
    fn log_entries_of_two_parts_are_merged_by_time_without_doubles() {
        let part = |log: Vec<LogEntry>| Evidence { log: log.into(), ..Evidence::default() };
        let parts = [
            part(vec![line(2, "b"), line(2, "a"), line(3, "of one part")]),
            part(vec![line(1, "of the other"), line(2, "a"), line(2, "b")]),
        ];
        let log = evidence(parts.iter()).log;
        assert_eq!(*log, [line(1, "of the other"), line(2, "b"), line(2, "a"), line(3, "of one part")]);
    }

    #[test]
    fn the_merge_knows_the_signing_key_and_the_latest_log_time() {
        let published = Published { ours: Some(true), kid: None, keys: 2 };
        let read_at = |second| Timestamp::from_second(second).ok();
        let knows_nothing = Evidence { log_read_at: read_at(9), ..Evidence::default() };
        let knows = Evidence { signing_key: Some(published.clone()), log_read_at: read_at(5), ..Evidence::default() };
        for parts in [[&knows_nothing, &knows], [&knows, &knows_nothing]] {
            let all = evidence(parts.into_iter());
            assert_eq!((all.signing_key, all.log_read_at), (Some(published.clone()), read_at(9)));
        }
    }

    #[rstest]
    #[case("auth", Some(EvidenceSource::Auth))]
    #[case("tea-leaves", None)]
    fn what_a_part_could_not_read_is_known(#[case] evidence: &str, #[case] source: Option<EvidenceSource>) {
        let unread = Unread { evidence: evidence.into(), why: "status 500".into() };
        assert_eq!(source_unread(&unread), source.map(|source| (source, "status 500".to_owned())));
    }
}
