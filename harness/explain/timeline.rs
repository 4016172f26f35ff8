//! When it began, and what changed.

use jiff::Timestamp;

use crate::evidence::{Change, Evidence, Severity};
use crate::explain::logged::begins;
use crate::report::{Moment, StepOutcome};
use crate::run::NamedReport;
use crate::terms::Hop;

/// The most moments of a timeline.
const MOST: usize = 12;

/// Returns the first failure, the first error in the log, and each change of the revision that served, oldest first.
pub(super) fn of(parts: &[NamedReport], evidence: &Evidence, by_manifests: Vec<Moment>) -> Vec<Moment> {
    let failures = failures(parts);
    let first_failure = failures.first().map(|one| one.at);
    let mut moments = revisions(evidence);
    moments.extend(evidence.changes.iter().map(changed));
    moments.extend(by_manifests);
    moments.extend(begins(evidence).map(|at| moment(at, "the log begins")));
    moments.extend(first_error(evidence));
    moments.extend(failures);
    moments.sort_by_key(|one| one.at);
    moments.dedup();
    nearest(moments, first_failure)
}

/// Keeps the moments that are nearest to the first failure.
fn nearest(mut moments: Vec<Moment>, first_failure: Option<Timestamp>) -> Vec<Moment> {
    while moments.len() > MOST {
        let far = |at: Timestamp| first_failure.map_or(0, |failure| at.duration_since(failure).as_millis().abs());
        let first_is_farther = moments.first().map(|one| far(one.at)) > moments.last().map(|one| far(one.at));
        let farthest = if first_is_farther { 0 } else { moments.len() - 1 };
        moments.remove(farthest);
    }
    moments
}

/// Returns a change that an audit log shows: `deploy of services/NAME, revision REVISION, by a service account (METHOD)`.
fn changed(change: &Change) -> Moment {
    let Change { at, says, method, resource, revision, by_service_account, error } = change;
    let revision = revision.as_ref().map(|name| format!(", revision {name}")).unwrap_or_default();
    let by = if *by_service_account { "a service account" } else { "a user" };
    let error = error.as_ref().map(|error| format!(", refused: {error}")).unwrap_or_default();
    moment(*at, format!("{says}: {resource}{revision}, by {by} ({method}){error}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a second")
    }

    #[test]
    fn a_change_names_the_resource_the_revision_and_the_method() {
        let change = Change {
            at: at(1),
            says: "deploy".to_owned(),
            method: "google.cloud.run.v1.Services.ReplaceService".to_owned(),
            resource: "services/shop".to_owned(),
            revision: Some("shop-00002-abc".to_owned()),
            by_service_account: true,
            error: None,
        };
        let evidence = Evidence { changes: vec![change], ..Evidence::default() };
        let says = "deploy: services/shop, revision shop-00002-abc, by a service account (google.cloud.run.v1.Services.ReplaceService)";
        assert_eq!(of(&[], &evidence, Vec::new()), [moment(at(1), says)]);
    }

    #[test]
    fn of_many_moments_those_near_the_failure_stay() {
        let moments: Vec<Moment> = (0..100).map(|second| moment(at(second), "x")).collect();
        let left = nearest(moments, Some(at(50)));
        assert_eq!((left.len(), left[0].at, left[MOST - 1].at), (MOST, at(44), at(55)));
    }
}
