//! How a run is to be conducted, beside what is run: what was deployed before, what failed before, how often a call is tried, who may
//! stop it. Sits in `run`; `cli` fills it.

use super::baseline::Baseline;
use super::interruption::Interruption;
use super::shard::Part;
use crate::evidence::Manifest;

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

/// A revision to go back to.
#[derive(Debug, Clone)]
pub struct Previous {
    /// `backend`, `auth`, or whatever the operator deploys.
    pub service: String,
    /// The revision's name.
    pub revision: String,
    /// Its manifest, where it was handed over.
    pub manifest: Option<Manifest>,
}
