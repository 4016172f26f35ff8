//! How a run is to be conducted, beside what is run: what was deployed before, what failed before, how often a call is tried, who may
//! stop it. Sits in `run`; `cli` fills it.

use crate::gate::{Baseline, Previous};
use crate::run::context::interruption::Interruption;
use crate::run::context::shard::Part;

/// Everything that may be left out. By default a run is whole, tries once, and nobody stops it.
#[derive(Debug, Clone, Default)]
pub struct Conduct {
    /// What ran before what was deployed.
    pub previous: Vec<Previous>,
    /// An earlier run to compare with.
    pub baseline: Option<Baseline>,
    /// Whether only what did not fail in the baseline fails the gate.
    pub new_only: bool,
    /// Times a step is repeated after a failure that may pass by itself: a lost connection, 429, 502 to 504.
    pub retries: u32,
    /// Whether a step that passed only when it was repeated fails the run.
    pub fail_on_flaky: bool,
    /// Which part of a run it is.
    pub part: Option<Part>,
    /// Who may stop it.
    pub interruption: Interruption,
}
