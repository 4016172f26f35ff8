//! The exam: measures how often the verdict is right, for this build. It examines every fault of the twin in every dialect, alone and in
//! pairs, with every set of evidence, and compares the engine with two baselines.
//!
//! Start at [`examine`].
//!
//! - `subject/`: what is examined, what a set of evidence shows of it, and the diagnosis of a recording
//! - `stage/`: runs twins and records them
//! - `mark/`: compares each verdict with the truth
//! - `table/`: counts the marks, compares them with the bars, and writes tables
//!
//! Invariant: only `stage/` runs a twin or touches the network.

mod mark;
mod stage;
mod subject;
mod table;
#[cfg(test)]
mod tests;

use self::mark::{exam, parallel};
pub(crate) use self::stage::error::SelftestError;
use self::stage::{kept, side_by_side};
use self::table::bars;
pub(crate) use self::table::results::{Outcome, Results};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;
use std::time::Instant;

use fastrand::Rng;
use fivewhys_mocks::{Dialect, Fault};
use tokio::sync::Semaphore;

pub(crate) use self::table::render;

use self::stage::Stage;
use self::subject::{Subject, cpu};
use crate::config::Target;
use crate::scenario::Scenario;
use crate::selftest::stage::healthy::Healthy;
use crate::selftest::stage::side_by_side::Places;
use crate::selftest::subject::mask::EVIDENCE_SETS;
use crate::selftest::subject::recorded::Recorded;

/// Explains how everything is counted, in Markdown.
pub(crate) const METHOD: &str = include_str!("method.md");

/// How many subjects are drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amount {
    pairs: usize,
    healthy_noisy: usize,
    healthy_quiet: usize,
}

/// How many of the longest runs are listed.
const SLOWEST: usize = 40;
/// For all of an exam.
pub(crate) const WHOLE: Amount = Amount { pairs: 200, healthy_noisy: 1000, healthy_quiet: 80 };
/// For a quick exam.
pub(crate) const QUICK: Amount = Amount { pairs: 20, healthy_noisy: 24, healthy_quiet: 8 };

/// What an exam examines.
#[derive(Debug)]
pub(crate) struct Selftest {
    /// A target with `twin = true`.
    pub target: Target,
    /// The scenarios to run.
    pub scenarios: Vec<Scenario>,
    /// The faults to inject.
    pub faults: Vec<Fault>,
    /// The dialects of the twin.
    pub dialects: Vec<Dialect>,
    /// The seed that draws pairs and noise.
    pub seed: u64,
    /// Whether to draw one dialect for the faults.
    pub quick: bool,
    /// How many subjects to draw.
    pub amount: Amount,
    /// The directory in which to keep the recordings.
    pub keep: Option<PathBuf>,
    /// The directory of kept recordings to judge, instead of running twins.
    pub from: Option<PathBuf>,
}

/// Runs the exam. `tell` receives how many twins have run, and of how many.
///
/// # Errors
/// Fails if a twin does not start, or if nothing can be tested.
pub(crate) async fn examine(
    exam: &Selftest,
    tell: &(dyn Fn(usize, usize) + Send + Sync),
) -> Result<Outcome, SelftestError> {
    let (start, cpu) = (Instant::now(), cpu::of_process());
    let stage = Arc::new(Stage { target: exam.target.clone(), scenarios: exam.scenarios.clone() });
    let (recorded, healthy) = match &exam.from {
        Some(kept) => (kept::read(kept, &stage).await?, Vec::new()),
        None => run(exam, &stage, tell).await?,
    };
    if let Some(keep) = &exam.keep {
        kept::write(keep, &recorded)?;
    }
    let ran_s = start.elapsed().as_secs_f64();
    let results = Results {
        marks: exam::marks(&recorded),
        healthy,
        unlike_live: unlike_live(&recorded),
        slowest: slowest(&recorded),
        dialects: recorded.iter().map(|one| one.dialect()).collect::<BTreeSet<_>>().into_iter().collect(),
        quick: exam.quick,
        ran: exam.from.is_none(),
        ran_s,
        took_s: start.elapsed().as_secs_f64(),
        cpu_s: cpu::of_process().saturating_sub(cpu).as_secs_f64(),
    };
    Ok(Outcome { seed: exam.seed, bars: bars::reached(&results), results })
}

/// Runs every subject against a twin.
async fn run(
    exam: &Selftest,
    stage: &Arc<Stage>,
    tell: &(dyn Fn(usize, usize) + Send + Sync),
) -> Result<(Vec<Arc<Recorded>>, Vec<Healthy>), SelftestError> {
    let amount = exam.amount;
    let mut draw = Rng::with_seed(exam.seed);
    let dialects = if exam.quick { subject::one_of(&exam.dialects, &mut draw) } else { exam.dialects.clone() };
    let singles = subject::singles(&exam.faults, &dialects);
    let pairs = subject::pairs(amount.pairs, &exam.faults, &dialects, &mut draw);
    let noisy = subject::noisy(&exam.faults, &dialects, &mut draw);
    let healthy = subject::healthy(amount.healthy_noisy, amount.healthy_quiet, &exam.dialects, &mut draw);
    let faulty: Vec<Subject> = [singles, pairs, noisy].concat();
    let all = faulty.len() + healthy.len();
    let ran = AtomicUsize::new(0);
    let done = || tell(ran.fetch_add(1, Ordering::Relaxed) + 1, all);
    let places = Places::new();
    // The other processors run twins.
    let thinking = Arc::new(Semaphore::new(available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))));
    let record = |subject: Subject| {
        let (stage, thinking) = (Arc::clone(stage), Arc::clone(&thinking));
        async move {
            let recorded = Arc::new(stage.record(subject).await?);
            tokio::spawn(diagnosed(Arc::clone(&recorded), thinking));
            Ok(recorded)
        }
    };
    let pass = |(subject, evidence_sources)| Arc::clone(stage).pass(subject, evidence_sources);
    let healthy = healthy.into_iter().zip(EVIDENCE_SETS.into_iter().cycle());
    tokio::try_join!(
        side_by_side::each(&places, faulty, Subject::waits, record, done),
        side_by_side::each(&places, healthy, |_| false, pass, done),
    )
}

/// Diagnoses a recording while other runs wait.
async fn diagnosed(recorded: Arc<Recorded>, thinking: Arc<Semaphore>) {
    let _place = thinking.acquire_owned().await;
    // A panic shows itself again when the diagnosis is needed.
    drop(tokio::task::spawn_blocking(move || recorded.diagnose()).await);
}

fn unlike_live(recorded: &[Arc<Recorded>]) -> Vec<String> {
    let alike = parallel::each(recorded, |one| one.is_as_live());
    recorded.iter().zip(alike).filter(|(_, alike)| !alike).map(|(one, _)| one.name()).collect()
}

fn slowest(recorded: &[Arc<Recorded>]) -> Vec<(String, f64)> {
    let mut all: Vec<(String, f64)> = recorded.iter().map(|one| (one.name(), one.took.as_secs_f64())).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all.truncate(SLOWEST);
    all
}
