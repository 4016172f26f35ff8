//! The state of the newest revision, and which revisions get the traffic.

use crate::evidence::{Layout, NEWEST};
use crate::preflight::input::Subject;
use crate::preflight::review::{Check, Problem, Review};

pub(super) fn check(run: &Review<'_>, subject: &Subject) -> Vec<Problem> {
    let not_ready = not_ready(run, subject);
    // While the newest revision does not start, the platform keeps the traffic at an older one.
    let traffic = if not_ready.is_some() { None } else { no_traffic(run, subject) };
    not_ready.into_iter().chain(traffic).chain(split(run, subject)).collect()
}

fn not_ready(run: &Review<'_>, subject: &Subject) -> Option<Problem> {
    let manifest = &subject.declaration.manifest;
    if manifest.ready != Some(false) {
        return None;
    }
    let revision = manifest.latest_created.as_ref().unwrap_or(&manifest.name);
    // Further lines hold links to the console.
    let reason = manifest.reason.as_deref().and_then(|reason| reason.lines().next());
    let reason = reason.unwrap_or("the platform gives no reason");
    let problem = run.problem(Check::RevisionNotReady, subject, format!("{revision} is not ready: {reason}"));
    Some(Problem { repair: run.look_at(subject, revision), ..problem })
}

fn no_traffic(run: &Review<'_>, subject: &Subject) -> Option<Problem> {
    let manifest = &subject.declaration.manifest;
    let newest = manifest.latest_created.as_ref()?;
    let gets = manifest.traffic.iter().any(|(name, _)| name == newest || name == NEWEST);
    if gets || manifest.traffic.is_empty() {
        return None;
    }
    let says = format!("{newest} gets no traffic: it goes to {}", shares(&manifest.traffic));
    let problem = run.problem(Check::NoTraffic, subject, says);
    let repair = run.gcloud(subject, "services update-traffic", "--to-latest");
    Some(Problem { repair: (subject.declaration.manifest.layout == Layout::CloudRun).then_some(repair), ..problem })
}

fn split(run: &Review<'_>, subject: &Subject) -> Option<Problem> {
    let traffic = &subject.declaration.manifest.traffic;
    let says = format!("the traffic is split: it goes to {}", shares(traffic));
    let repair = run.gcloud(subject, "services update-traffic", "--to-latest");
    let problem = run.problem(Check::TrafficSplit, subject, says);
    (traffic.len() > 1).then_some(Problem { repair: Some(repair), ..problem })
}

/// Returns `a (90 %), b (10 %)`.
fn shares(traffic: &[(String, u64)]) -> String {
    let shares: Vec<String> = traffic.iter().map(|(name, percent)| format!("{name} ({percent} %)")).collect();
    shares.join(", ")
}
