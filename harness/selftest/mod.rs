//! The exam: how often the verdict is right, on this build. Every fault of the twin in every dialect, alone and in pairs, through every
//! set of doors; beside two baselines on the same exchanges, and held against the bars.
//!
//! The way through: subjects (`subject`) are recorded live (`stage`), looked at through doors (`mask`), diagnosed again offline (`replay`),
//! held against the truth (`judge`), of which `separable` says how much could be known at all; `measure` counts, `bars` decides, `table` shows.

mod bars;
mod baseline;
mod exam;
mod healthy;
mod judge;
mod mark;
mod mask;
mod measure;
mod parallel;
mod recorded;
mod replay;
mod separable;
mod side_by_side;
mod stage;
mod subject;
mod table;
mod template;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use fastrand::Rng;
use fivewhys_mocks::{Dialect, Fault};
use serde::Serialize;
use thiserror::Error;

pub use self::table::render;

use self::bars::Reached;
use self::healthy::Healthy;
use self::mark::Mark;
use self::mask::DOOR_SETS;
use self::recorded::Recorded;
use self::stage::Stage;
use self::subject::Subject;
use crate::run::RunError;
use crate::scenario::Scenario;
use crate::target::Target;

/// How everything is counted, for people. Markdown.
pub const METHOD: &str = include_str!("method.md");

/// How much is drawn.
struct Amount {
    pairs: usize,
    healthy_noisy: usize,
    healthy_quiet: usize,
}

const WHOLE: Amount = Amount { pairs: 200, healthy_noisy: 1000, healthy_quiet: 80 };
const QUICK: Amount = Amount { pairs: 40, healthy_noisy: 40, healthy_quiet: 16 };

/// What is to be examined.
#[derive(Debug)]
pub struct Selftest {
    /// A target with `twin = true`.
    pub target: Target,
    /// What is driven.
    pub scenarios: Vec<Scenario>,
    /// The faults.
    pub faults: Vec<Fault>,
    /// The dialects.
    pub dialects: Vec<Dialect>,
    /// Draws the pairs.
    pub seed: u64,
    /// Fewer of everything that is drawn.
    pub quick: bool,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// See [`Selftest::seed`].
    pub seed: u64,
    /// The bars, with what was reached.
    pub bars: Vec<Reached>,
    /// What they were measured on.
    #[serde(flatten)]
    pub results: Results,
}

/// Everything that is measured.
#[derive(Debug, Default, Serialize)]
pub struct Results {
    /// Every verdict on something broken.
    pub marks: Vec<Mark>,
    /// Every run against something healthy.
    pub healthy: Vec<Healthy>,
    /// Recordings whose verdict is not the one that the live run came to: faults and dialect.
    pub unlike_live: Vec<String>,
    /// See [`Selftest::quick`].
    pub quick: bool,
    /// How long all of it took, in seconds.
    pub took_s: f64,
}

/// Why nothing was examined.
#[derive(Debug, Error, miette::Diagnostic)]
pub enum SelftestError {
    /// A twin cannot be had.
    #[error("the twin does not boot: {0}")]
    Twin(String),
    /// A run tested nothing.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Run(#[from] RunError),
}

/// Examines. `tell` is told how many of how many twins have run.
///
/// # Errors
/// When a twin does not boot, or nothing can be tested at all.
pub async fn examine(exam: &Selftest, tell: &(dyn Fn(usize, usize) + Send + Sync)) -> Result<Outcome, SelftestError> {
    let start = Instant::now();
    let stage = Arc::new(Stage { target: exam.target.clone(), scenarios: exam.scenarios.clone() });
    let amount = if exam.quick { QUICK } else { WHOLE };
    let mut draw = Rng::with_seed(exam.seed);
    let singles = subject::singles(&exam.faults, &exam.dialects);
    let pairs = subject::pairs(amount.pairs, &exam.faults, &exam.dialects, &mut draw);
    let noisy = subject::noisy(&exam.faults, &exam.dialects, &mut draw);
    let healthy = subject::healthy(amount.healthy_noisy, amount.healthy_quiet, &exam.dialects, &mut draw);
    let all = singles.len() + pairs.len() + noisy.len() + healthy.len();
    let ran = AtomicUsize::new(0);
    let done = || tell(ran.fetch_add(1, Ordering::Relaxed) + 1, all);
    let record = |subject: Subject| Arc::clone(&stage).record(subject);
    let singles = side_by_side::each(singles, record, done).await?;
    let pairs = side_by_side::each(pairs, record, done).await?;
    let noisy = side_by_side::each(noisy, record, done).await?;
    let pass = |(subject, doors)| Arc::clone(&stage).pass(subject, doors);
    let healthy = side_by_side::each(healthy.into_iter().zip(DOOR_SETS.into_iter().cycle()), pass, done).await?;
    let unlike_live =
        singles.iter().chain(&pairs).chain(&noisy).filter(|one| !one.is_as_live()).map(Recorded::name).collect();
    let marks = exam::marks(&singles, &pairs, &noisy);
    let took_s = start.elapsed().as_secs_f64();
    let results = Results { marks, healthy, unlike_live, quick: exam.quick, took_s };
    Ok(Outcome { seed: exam.seed, bars: bars::reached(&results), results })
}

impl Outcome {
    /// Whether no bar is missed.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.bars.iter().all(|bar| bar.reached != Some(false))
    }
}
