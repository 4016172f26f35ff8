//! How to run: baseline, previous revisions, retries, interruption.

use std::time::Duration;

use crate::gate::{Baseline, Previous};
use crate::run::context::interruption::Interruption;
use crate::run::context::shard::Part;

/// The optional settings of a run. By default a run has all scenarios, tries each step once, and is not interrupted.
#[derive(Debug, Clone, Default)]
pub struct Conduct {
    /// The revisions that a rollback would restore.
    pub previous: Vec<Previous>,
    /// An earlier run to compare with.
    pub baseline: Option<Baseline>,
    /// Whether only failures that the baseline does not have fail the run.
    pub new_only: bool,
    /// How often a step is repeated after a failure that may be temporary: a lost connection, 429, 502 to 504.
    pub retries: u32,
    /// Whether a step that passed only after a retry fails the run.
    pub fail_on_flaky: bool,
    /// The ids of findings that fail the run, in addition to those that always do.
    pub fail_on: Vec<String>,
    /// The shard, if this run is a part of a larger one.
    pub part: Option<Part>,
    /// How long the run waits until the health endpoint answers. `None`: it does not wait.
    pub wait: Option<Duration>,
    /// Whether the report keeps the evidence, so that it can be diagnosed again.
    pub keep_evidence: bool,
    /// The handle by which the run can be stopped.
    pub interruption: Interruption,
}
