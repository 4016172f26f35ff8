//! What an exam measured, and which bars it reached.

use serde::Serialize;

use super::bars::Reached;
use crate::selftest::mark::Mark;
use crate::selftest::stage::healthy::Healthy;

/// The result of an exam.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    /// See [`crate::selftest::Selftest::seed`].
    pub seed: u64,
    /// The bars, with the values that were measured.
    pub bars: Vec<Reached>,
    /// Everything that was measured.
    #[serde(flatten)]
    pub results: Results,
}

impl Outcome {
    /// Reports whether no bar was missed.
    #[must_use]
    pub(crate) fn is_reached(&self) -> bool {
        self.bars.iter().all(|bar| bar.reached != Some(false))
    }
}

/// Everything that is measured.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Results {
    /// Every verdict on a system with a fault.
    pub marks: Vec<Mark>,
    /// Every run against a healthy system.
    pub healthy: Vec<Healthy>,
    /// Recordings whose verdict differs from that of the live run: faults and dialect.
    pub unlike_live: Vec<String>,
    /// The dialects in which faults were examined. A quick exam draws one.
    pub dialects: Vec<String>,
    /// See [`crate::selftest::Selftest::quick`].
    pub quick: bool,
    /// The longest runs, with their duration in seconds.
    pub slowest: Vec<(String, f64)>,
    /// Whether twins were run. If not, kept recordings were judged again.
    pub ran: bool,
    /// How long the live runs took, in seconds.
    pub ran_s: f64,
    /// How long the whole exam took, in seconds.
    pub took_s: f64,
    /// The CPU time of the whole exam, in seconds.
    pub cpu_s: f64,
}
