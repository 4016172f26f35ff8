//! Many users at the same time: a pool of users runs against the twin, over real sockets.
//!
//! - `findings`: a leak, a limit of each user, a bad instance, and none of these
//! - `bounds`: the target bounds the load
//! - `shards`: users divided over shards, and the reports merged
//!
//! Invariant: no test asserts how fast anything is. Rates are far below what a slow machine serves.

mod bounds;
mod findings;
mod shards;

use fivewhys::internal::report::{LoadReport, ObjectiveOutcome, Report};

use crate::support::program::{run, stderr};

/// A pool of 14 users against the twin, for three seconds. Their number is no multiple of three: the calls of each user then
/// reach all instances.
pub(crate) const POOL: [&str; 10] =
    ["smoke", "--format", "json", "--users", "14", "--ramp", "0s", "--hold", "3s", "--rate=42"];

/// Runs the pool with more options and returns the exit code and the report.
pub(crate) fn pool(more: &[&str]) -> (Option<i32>, Report) {
    let output = run([&POOL, more].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (output.status.code(), report)
}

/// An objective on the share of the calls that do what their step expects.
pub(crate) const SERVED: &str = "objectives.served={measure=\"success\",at_least=\"99 %\"}";

/// What a report says of an objective.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) outcome: ObjectiveOutcome,
    pub(crate) calls: u64,
    pub(crate) bad: u64,
}

/// Returns what the report says of [`SERVED`].
pub(crate) fn served(report: &Report) -> Measured {
    let one = report.objectives.iter().find(|one| one.name == "served").expect("the objective");
    Measured { outcome: one.outcome, calls: one.calls as u64, bad: one.bad as u64 }
}

pub(crate) fn load(report: &Report) -> &LoadReport {
    report.load.as_ref().expect("it is a run with many users")
}

pub(crate) fn finding_ids(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.id.as_str()).collect()
}
