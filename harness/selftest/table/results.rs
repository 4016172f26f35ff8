//! What an exam measured, and the bars it reached.

use serde::Serialize;

use super::bars::Reached;
use crate::selftest::mark::Mark;
use crate::selftest::stage::healthy::Healthy;

/// What came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    /// See [`crate::selftest::Selftest::seed`].
    pub seed: u64,
    /// The bars, with what was reached.
    pub bars: Vec<Reached>,
    /// What they were measured on.
    #[serde(flatten)]
    pub results: Results,
}

impl Outcome {
    /// Whether no bar is missed.
    #[must_use]
    pub(crate) fn is_reached(&self) -> bool {
        self.bars.iter().all(|bar| bar.reached != Some(false))
    }
}

/// Everything that is measured.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Results {
    /// Every verdict on something broken.
    pub marks: Vec<Mark>,
    /// Every run against something healthy.
    pub healthy: Vec<Healthy>,
    /// Recordings whose verdict is not the one that the live run came to: faults and dialect.
    pub unlike_live: Vec<String>,
    /// The dialects that faults were examined in: a quick exam draws one.
    pub dialects: Vec<String>,
    /// See [`crate::selftest::Selftest::quick`].
    pub quick: bool,
    /// The longest runs, and how many seconds each took.
    pub slowest: Vec<(String, f64)>,
    /// Whether twins were run, rather than kept recordings judged again.
    pub ran: bool,
    /// How long the live runs took, in seconds.
    pub ran_s: f64,
    /// How long all of it took, in seconds.
    pub took_s: f64,
}
