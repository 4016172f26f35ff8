//! The exam: how often the verdict is right, on this build. Every fault of the twin in every dialect, alone and in pairs, through every
//! set of doors; beside two baselines on the same exchanges, and held against the bars.
//!
//! The way through: subjects (`subject`) are recorded live (`stage`), looked at through doors (`mask`), diagnosed again offline (`replay`),
//! held against the truth (`judge`), of which `separable` says how much could be known at all; `measure` counts, `bars` decides, `table` shows.

mod bars;
mod baseline;
mod draw;
mod exam;
mod judge;
mod mark;
mod mask;
mod measure;
mod parallel;
mod recorded;
mod replay;
mod separable;
mod stage;
mod subject;
mod table;
mod template;

use fivewhys_mocks::{Dialect, Fault};
use serde::Serialize;
use thiserror::Error;

pub use self::table::render;

use self::bars::Reached;
use self::draw::Draw;
use self::mark::Mark;
use self::recorded::Recorded;
use self::stage::Stage;
use crate::run::RunError;
use crate::scenario::Scenario;
use crate::target::Target;

/// Pairs of the whole exam.
const PAIRS: usize = 200;
/// Pairs of the quick one.
const PAIRS_QUICK: usize = 40;

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
    /// Every verdict.
    pub marks: Vec<Mark>,
    /// Recordings whose verdict is not the one that the live run came to, which must not be: faults and dialect.
    pub unlike_live: Vec<String>,
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

/// Examines. `tell` is told how many of how many twins were recorded.
///
/// # Errors
/// When a twin does not boot, or nothing can be tested at all.
pub async fn examine(exam: &Selftest, tell: &(dyn Fn(usize, usize) + Send + Sync)) -> Result<Outcome, SelftestError> {
    let stage = Stage { target: exam.target.clone(), scenarios: exam.scenarios.clone() };
    let singles = subject::singles(&exam.faults, &exam.dialects);
    let count = if exam.quick { PAIRS_QUICK } else { PAIRS };
    let pairs = subject::pairs(count, &exam.faults, &exam.dialects, &mut Draw::seeded(exam.seed));
    let (first, all) = (singles.len(), singles.len() + pairs.len());
    let singles = stage.record(singles, |done| tell(done, all)).await?;
    let pairs = stage.record(pairs, |done| tell(first + done, all)).await?;
    let marks = exam::marks(&singles, &pairs);
    let unlike_live = singles.iter().chain(&pairs).filter(|one| !one.is_as_live()).map(Recorded::name).collect();
    Ok(Outcome { seed: exam.seed, bars: bars::reached(&marks), marks, unlike_live })
}

impl Outcome {
    /// Whether no bar is missed.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.bars.iter().all(|bar| bar.reached != Some(false))
    }
}
