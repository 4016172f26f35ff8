//! What a cause claims, where it lies, who must act, and what would settle it.

use std::collections::BTreeSet;

use super::counted;
use crate::diagnose::{Cause, Certainty, Hops, Settling, WorstLine};
use crate::report::{Report, StepOutcome};

/// Reports whether several candidates remain and none is ahead, so that no candidate may stand as the title.
pub(crate) const fn are_open(cause: &Cause) -> bool {
    matches!(cause.certainty, Certainty::Ambiguous) && !cause.alternatives.is_empty()
}

/// Returns `2 causes explain 3 failures`, and how far the causes are identified.
pub(crate) fn headline(report: &Report) -> String {
    let explained: BTreeSet<&String> = report.causes.iter().flat_map(|cause| &cause.explains).collect();
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let failed = steps.filter(|step| step.outcome == StepOutcome::Failed).count();
    let verb = if report.causes.len() == 1 { "explains" } else { "explain" };
    let causes = counted(report.causes.len(), "cause", "causes");
    let failures = match explained.len() {
        n if n < failed => format!("{n} of {}", counted(failed, "failure", "failures")),
        n => counted(n, "failure", "failures"),
    };
    format!("{causes} {verb} {failures}{}", unidentified(&report.causes))
}

/// Returns what is not known of the causes, or nothing if each is identified.
fn unidentified(causes: &[Cause]) -> String {
    let open = |cause: &&Cause| are_open(cause) || cause.certainty == Certainty::Unknown;
    match (causes, causes.iter().filter(open).count()) {
        (_, 0) => String::new(),
        ([cause], _) if are_open(cause) => format!("; it is one of {} candidates", cause.alternatives.len() + 1),
        ([_], _) => "; only its hop is known".to_owned(),
        (_, 1) => "; 1 of them is not identified".to_owned(),
        (_, open) => format!("; {open} of them are not identified"),
    }
}

/// Returns the title of a cause. It names no candidate while several are open.
pub(crate) fn claim(cause: &Cause) -> String {
    let hops = hops(&cause.hop);
    match cause.certainty {
        _ if are_open(cause) => format!("One of {} causes, at {hops}", cause.alternatives.len() + 1),
        Certainty::Unknown => format!("Only the hop is known: {hops}"),
        _ => cause.title.clone(),
    }
}

/// Returns `edge or backend`.
pub(crate) fn hops(hops: &Hops) -> String {
    match hops {
        Hops::One(hop) => hop.to_string(),
        Hops::Several(hops) => hops.iter().map(|hop| hop.as_str()).collect::<Vec<_>>().join(" or "),
    }
}

/// Returns the owner and the services whose deploy can cause it, as far as they are known.
pub(crate) fn responsible(cause: &Cause) -> Vec<String> {
    let owner = cause.owner.as_ref().map(|owner| format!("owner: {owner}"));
    let services = if cause.involves.len() == 1 { "service" } else { "services" };
    let involved = (!cause.involves.is_empty()).then(|| format!("{services} involved: {}", cause.involves.join(", ")));
    [owner, involved].into_iter().flatten().collect()
}

/// Returns the log lines to read, in groups: what each group is worth, and its lines.
pub(crate) fn lines_to_read(cause: &Cause) -> Vec<(String, Vec<&WorstLine>)> {
    let mut groups: Vec<(String, Vec<&WorstLine>)> = Vec::new();
    for line in &cause.worst_lines {
        let worth = worth(line);
        match groups.iter_mut().find(|(known, _)| *known == worth) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((worth, vec![line])),
        }
    }
    groups
}

/// Faults that are named at a line.
const NAMED: usize = 3;

/// Returns what a line is worth. It is never a proof.
fn worth(line: &WorstLine) -> String {
    if line.last_words {
        return "what the service logged when it did not start, or ended".to_owned();
    }
    if line.matched_by.is_empty() {
        return "no pattern of the catalogue matched: evidence to read, no proof".to_owned();
    }
    let named = line.matched_by.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = line.matched_by.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("a pattern of {named}{more} matched: evidence to read, no proof of this cause")
}

/// Returns `6 causes remain; the backend's manifest (evidence: manifest) would leave 2`.
pub(crate) fn would_leave(settling: &Settling) -> String {
    let asks = format!("{} (evidence: {})", settling.asks, settling.evidence);
    match settling.of {
        0 | 1 => format!("{asks} would confirm this cause or rule it out"),
        of if settling.leaves.fract() == 0.0 => format!("{of} causes remain; {asks} would leave {}", settling.leaves),
        of => format!("{of} causes remain; {asks} would leave {:.1} on average", settling.leaves),
    }
}
