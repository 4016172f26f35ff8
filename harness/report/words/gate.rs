//! What the gate advises after a deploy, and what a roll back came to.

use super::{counted, seconds};
use crate::report::{Advice, CommandRun, RolledBack, RunOutcome, SecondSmoke, Tested, TestedRevision};

/// Returns whether a deployed revision was tested: `tested` or `not tested`.
pub(crate) const fn is_tested(one: &TestedRevision) -> &'static str {
    if matches!(one.result, Tested::Proven) { "tested" } else { "not tested" }
}

/// Returns what shows it: `backend b-2, by the request log (12 requests)`, `backend b-2: the manifest sends all traffic to
/// b-1`.
pub(crate) fn tested_by(one: &TestedRevision) -> String {
    let name = format!("{} {}", one.service, one.revision);
    let deciding: Vec<&str> = one.deciding().collect();
    match one.result {
        Tested::Proven => format!("{name}, by {}", deciding.join(" and ")),
        Tested::Other => format!("{name}: {}", deciding.join("; ")),
        Tested::NotShown => format!("{name}: nothing shows which revision answered"),
    }
}

/// Returns the advice as a heading.
pub(crate) const fn heading(advice: Advice) -> &'static str {
    match advice {
        Advice::RollBack => "Roll back",
        Advice::DoNot => "Do not roll back",
        Advice::Undecided => "Whether to roll back is undecided",
    }
}

/// Returns whether one run of the operator's command rolled its service back.
pub(crate) const fn done(run: &CommandRun) -> &'static str {
    if run.succeeded { "rolled back" } else { "roll back FAILED" }
}

/// Returns how the smoke after the roll back went.
pub(crate) fn second_smoke(done: &RolledBack) -> String {
    match &done.second {
        Some(second) if second.outcome == RunOutcome::Passed => passed(second),
        Some(second) => failed(second),
        None => "not run".to_owned(),
    }
}

fn passed(second: &SecondSmoke) -> String {
    format!("passed: {} in {}", counted(second.steps, "step", "steps"), seconds(second.total_ms))
}

fn failed(second: &SecondSmoke) -> String {
    let of = format!("{} of {} failed", second.failed.len(), counted(second.steps, "step", "steps"));
    let causes = if second.causes.is_empty() { String::new() } else { format!(": {}", second.causes.join(", ")) };
    format!("failed: {of} in {}{causes}", seconds(second.total_ms))
}
