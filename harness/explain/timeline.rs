//! When it began, and what changed.

use jiff::Timestamp;

use crate::evidence::{Evidence, Severity};
use crate::explain::logged::begins;
use crate::report::{Moment, StepOutcome};
use crate::run::NamedReport;
use crate::terms::Hop;

/// The most moments of a timeline.
const MOST: usize = 12;

/// Returns the first failure, the first error in the log, and each change of the revision that served, oldest first.
pub(super) fn of(parts: &[NamedReport], evidence: &Evidence) -> Vec<Moment> {
    let mut moments = revisions(evidence);
    moments.extend(begins(evidence).map(|at| moment(at, "the log begins")));
    moments.extend(first_error(evidence));
    moments.extend(failures(parts));
    moments.sort_by_key(|one| one.at);
    moments.dedup();
    moments.truncate(MOST);
    moments
}

fn moment(at: Timestamp, says: impl Into<String>) -> Moment {
    Moment { at, says: says.into() }
}

fn in_words(hop: Hop) -> &'static str {
    match hop {
        Hop::Auth => "the auth service",
        Hop::Backend => "the backend",
        _ => "the platform",
    }
}

fn first_error(evidence: &Evidence) -> Option<Moment> {
    let first =
        evidence.log.iter().filter(|entry| entry.severity == Some(Severity::Error)).min_by_key(|entry| entry.at)?;
    let text: String = first.text.lines().next().unwrap_or_default().chars().take(120).collect();
    Some(moment(first.at, format!("the first error in the log of {}: {text}", in_words(first.by))))
}

/// Returns each change of the revision that served a service.
fn revisions(evidence: &Evidence) -> Vec<Moment> {
    let mut serving: Vec<(&'static str, String)> = Vec::new();
    let mut moments = Vec::new();
    for entry in &evidence.log {
        let Some((request, revision)) = entry.request.as_ref().and_then(|one| Some((one, one.revision.clone()?)))
        else {
            continue;
        };
        let service = in_words(request.service.into());
        match serving.iter_mut().find(|(known, _)| *known == service) {
            Some((_, before)) if *before == revision => {}
            Some((_, before)) => {
                moments.push(moment(entry.at, format!("{revision} serves {service}; before, {before} did")));
                *before = revision;
            }
            None => {
                moments.push(moment(entry.at, format!("{revision} serves {service}")));
                serving.push((service, revision));
            }
        }
    }
    moments
}

/// Returns the first failed call, and the last that succeeded before it.
fn failures(parts: &[NamedReport]) -> Vec<Moment> {
    let steps = parts.iter().flat_map(|part| {
        let report = &part.report;
        let at = |exchange: u32| {
            report.probes.iter().find(|one| one.exchange.id == exchange).map(|one| one.exchange.started_at)
        };
        let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
        steps.filter_map(move |step| Some((at(step.exchange?)?, step)))
    });
    let steps: Vec<_> = steps.collect();
    let failed = |outcome: StepOutcome| steps.iter().filter(move |(_, step)| step.outcome == outcome);
    let Some((at, first)) = failed(StepOutcome::Failed).min_by_key(|(at, _)| *at) else { return Vec::new() };
    let because = first.because.first().map_or("", String::as_str);
    let mut moments = vec![moment(*at, format!("the first failure: {}: {because}", first.call))];
    let before = failed(StepOutcome::Passed)
        .filter(|(ok, step)| ok < at && step.endpoint == first.endpoint)
        .max_by_key(|(ok, _)| *ok);
    moments.extend(before.map(|(at, step)| moment(*at, format!("the last success of {}", step.call))));
    moments
}
