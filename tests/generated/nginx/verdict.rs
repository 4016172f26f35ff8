//! What a report must say of a run behind an nginx.

use fivewhys::internal::diagnose::{Cause, Certainty};
use fivewhys::internal::observe::Observation;
use fivewhys::internal::report::{Report, RunOutcome, human};
use fivewhys::internal::terms::Hop;

use crate::BELIEVED;
use crate::support::believed::believed;

const STYLE: human::Style =
    human::Style { width: 140, colour: false, unicode: true, verbose: true, curl: false, has_flags: true };

/// Returns the report as text, for the message of a failed test.
pub(crate) fn shown(report: &Report) -> String {
    human::render(report, &STYLE)
}

/// Checks that the run passed.
pub(crate) fn passes(report: &Report) -> Result<(), String> {
    that(report.outcome == RunOutcome::Passed, || format!("the run failed: {:#?}", report.causes))
}

/// Checks that nginx's own pages are attributed to the edge, and that relayed JSON is not.
pub(crate) fn told_apart(report: &Report) -> Result<(), String> {
    for probe in report.probes.iter().filter(|probe| probe.exchange.probe.endpoint.starts_with("backend.")) {
        let Some(seen) = &probe.observation else { continue };
        let text = &probe.exchange.body.text;
        let (page, json) = (text.contains("<hr><center>nginx"), text.starts_with('{'));
        let right = if page { seen.answered_by == Hop::Edge } else { !json || seen.answered_by == Hop::Backend };
        that(right, || format!("said to be made by {}: {text}", seen.answered_by))?;
    }
    Ok(())
}

/// Checks that there are responses with this status, and that nginx produced all of them.
pub(crate) fn made_by_the_edge(report: &Report, status: u16) -> Result<(), String> {
    all_by(report, &[status], |hop| hop == Hop::Edge)
}

/// Checks that there are refusals, and that nginx produced none of them.
pub(crate) fn refusals_are_relayed(report: &Report) -> Result<(), String> {
    all_by(report, &[401, 403], |hop| hop == Hop::Backend)
}

fn all_by(report: &Report, statuses: &[u16], right: fn(Hop) -> bool) -> Result<(), String> {
    let mut any = false;
    for seen in at_the_backend(report).filter(|seen| seen.status.is_some_and(|one| statuses.contains(&one))) {
        any = true;
        that(right(seen.answered_by), || {
            format!("{statuses:?} is said to be made by {}: {:?}", seen.answered_by, seen.because)
        })?;
    }
    that(any, || format!("nothing was answered {statuses:?}"))
}

fn at_the_backend(report: &Report) -> impl Iterator<Item = &Observation> {
    let seen = report.probes.iter().filter_map(|probe| probe.observation.as_ref());
    seen.filter(|seen| seen.probe.endpoint.starts_with("backend."))
}

/// Checks that this is the one cause, and certain.
pub(crate) fn certain(report: &Report, fault: &str) -> Result<(), String> {
    let cause = only(report)?;
    that(cause.fault == fault && cause.certainty == Certainty::Certain, || {
        format!("{} is {:?}, with {:?} left", cause.fault, cause.certainty, candidates(cause))
    })
}

/// Checks that this candidate comes first.
pub(crate) fn first(report: &Report, fault: &str) -> Result<(), String> {
    let cause = only(report)?;
    that(cause.fault == fault, || format!("{} comes first, then {:?}", cause.fault, candidates(cause)))
}

/// Checks that these are among the candidates, that no fault of these hops has a share that counts, and that no other is
/// certain.
pub(crate) fn left_open(report: &Report, among: &[&str], hops: &[&str]) -> Result<(), String> {
    let cause = only(report)?;
    let left = candidates(cause);
    let missing: Vec<_> = among.iter().filter(|one| !left.contains(one)).collect();
    that(missing.is_empty(), || format!("{missing:?} is not among {left:?}"))?;
    let foreign: Vec<_> = believed(cause, BELIEVED)
        .filter(|one| !among.contains(one) && one.split('/').next().is_some_and(|hop| hops.contains(&hop)))
        .collect();
    that(foreign.is_empty(), || format!("{foreign:?} must be ruled out"))?;
    let wrong = cause.certainty == Certainty::Certain && !among.contains(&cause.fault.as_str());
    that(!wrong, || format!("{} is called certain", cause.fault))
}

fn only(report: &Report) -> Result<&Cause, String> {
    match report.causes.as_slice() {
        [cause] => Ok(cause),
        causes => Err(format!("one cause, but: {:?}", causes.iter().map(|cause| &cause.fault).collect::<Vec<_>>())),
    }
}

fn candidates(cause: &Cause) -> Vec<&str> {
    std::iter::once(&*cause.fault).chain(cause.alternatives.iter().map(|other| &*other.fault)).collect()
}

fn that(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}
