//! The worst log lines of the failures that a cause explains, where no why of it quotes a line.
//!
//! They change nothing of the verdict: they are added when it stands.

use std::collections::BTreeSet;

use crate::diagnose::infer::case::Case;
use crate::diagnose::logs::worst::{SHOWN, Worst};
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::verdict::cause::{Cause, WorstLine};
use crate::evidence::Severity;
use crate::observe::Outcome;
use crate::terms::Hop;

/// Adds the lines to each cause that quotes none. `case` has every exchange of the run.
pub(crate) fn add(causes: &mut [Cause], case: &Case<'_>, catalogue: &Catalogue) {
    for cause in causes.iter_mut().filter(|cause| !quotes_a_line(cause)) {
        let failed = failed_exchanges(cause, case);
        let succeeds = |exchange: &u32| !failed.contains(exchange);
        let served = case.observations.iter().filter(|seen| seen.result == Outcome::Ok).map(|seen| seen.exchange);
        let served: BTreeSet<u32> = served.filter(succeeds).collect();
        let lines = case.logbook.worst(&failed, &served);
        let of_calls = lines.iter().map(|line| worst_line(line, catalogue));
        let last_words = last_words(cause, case, failed.first().copied());
        let is_new = |line: &WorstLine| !last_words.iter().any(|last| (last.by, last.at) == (line.by, line.at));
        cause.worst_lines = last_words.iter().cloned().chain(of_calls.filter(is_new)).take(SHOWN).collect();
    }
}

/// Returns what each service that the cause may lie in logged before it ended.
fn last_words(cause: &Cause, case: &Case<'_>, exchange: Option<u32>) -> Vec<WorstLine> {
    let hops = [Hop::Backend, Hop::Auth].into_iter().filter(|hop| cause.involves.iter().any(|one| one == hop.as_str()));
    let of = |hop: Hop| {
        let (entry, says) = case.logbook.last_words(hop, case.target)?;
        Some(WorstLine {
            says,
            by: hop,
            at: entry.at,
            severity: Severity::Error,
            count: 1,
            exchange: exchange?,
            joined_by: None,
            last_words: true,
            matched_by: Vec::new(),
        })
    };
    hops.filter_map(of).collect()
}

fn quotes_a_line(cause: &Cause) -> bool {
    cause.whys.iter().flat_map(|why| &why.evidence).any(|proof| proof.quotes_a_line)
}

/// Returns the exchanges of the steps that the cause explains, and those of the same probe that failed too.
fn failed_exchanges(cause: &Cause, case: &Case<'_>) -> BTreeSet<u32> {
    let steps = case.failed.iter().filter(|step| cause.explains.contains(&step.step));
    let mut failed: BTreeSet<u32> = steps.map(|step| step.exchange).collect();
    let of_a_step = case.observations.iter().filter(|seen| failed.contains(&seen.exchange));
    let probes: Vec<_> = of_a_step.map(|seen| &seen.probe).collect();
    let again = case.observations.iter().filter(|seen| seen.result != Outcome::Ok && probes.contains(&&seen.probe));
    let again: Vec<u32> = again.map(|seen| seen.exchange).collect();
    failed.extend(again);
    failed
}

fn worst_line(line: &Worst<'_>, catalogue: &Catalogue) -> WorstLine {
    let entry = line.entry;
    let matching = catalogue
        .faults()
        .iter()
        .filter(|fault| fault.log.iter().any(|rule| rule.by == entry.by && rule.means(&entry.text)));
    WorstLine {
        says: line.says(),
        by: entry.by,
        at: entry.at,
        severity: line.severity,
        count: line.count,
        exchange: line.exchange,
        joined_by: Some(line.joined_by),
        last_words: false,
        matched_by: matching.map(|fault| fault.id.clone()).collect(),
    }
}
