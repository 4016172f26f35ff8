//! A run: runs the scenarios, diagnoses the failures, and returns one report.
//!
//! Start at [`smoke`].
//!
//! - `context/`: what a run is given, and what it gathers
//! - `drive/`: runs the scenarios, step by step
//! - `inquiry/`: the diagnosis, which reads evidence and sends more probes
//! - `ending/`: makes the report
//! - `merge/`: makes one report of the reports of shards
//! - `plan`: what a run would send, for `smoke --list` and `--dry-run`
//! - `rolled_back`: runs the operator's rollback command and then a second smoke run
//! - `outside`: makes the report of calls that another folder sent
//! - `waiting`: waits until a deployment answers
//! - `issue`: gets one token from the auth service, for `fivewhys mint`
//! - `recording`: keeps every observation of a run, for `fivewhys selftest`
//!
//! Invariant: this folder connects the others. It neither reads a response nor names a cause itself.

mod context;
mod drive;
mod ending;
mod inquiry;
mod issue;
mod merge;
mod outside;
mod plan;
mod recording;
mod rolled_back;
mod waiting;

use crate::run::context::credentials;
use std::sync::Arc;
use std::time::{Duration, Instant};

use thiserror::Error;

pub use crate::run::context::by_hand::{ByHand, MayRun};
pub use crate::run::context::conduct::Conduct;
pub use crate::run::context::events::{Event, Listener};
pub use crate::run::context::exit_code::ExitCode;
pub use crate::run::context::interruption::Interruption;
pub use crate::run::context::shard::{Part, ShardError};
pub use crate::run::context::smoke::Smoke;
pub use crate::run::merge::parts::{MergeError, NamedReport};
pub(crate) use crate::run::merge::parts::{belong_together, without_objectives};
pub(crate) use context::credentials::RunCredentials;
pub(crate) use drive::captures::{Captures, MARKER_DIGITS, MARKER_START, new_marker};
pub(crate) use drive::course::not_begun as scenario_not_begun;
pub(crate) use drive::{expect, request};
pub use issue::{IssueError, issue};
pub use merge::merge;
pub(crate) use outside::{Outside, report_of};
pub(crate) use plan::{list, plan};
pub use recording::{Recording, record};
pub use rolled_back::roll_back;

use self::drive::Driven;
use crate::config::{SecretError, Target};
use crate::evidence::{Evidence, NO_SOURCE, read_keys};
use crate::probe::{Prober, SetupError};
use crate::redact::Redactor;
use crate::report::{Report, Signal, StepOutcome, Timing};
use crate::run::context::record::Record;
use crate::run::inquiry::Conclusion;
use crate::scenario::Scenario;
use crate::terms::EvidenceSource;

/// Why a run has no report: nothing was tested.
#[derive(Debug, Error, miette::Diagnostic)]
pub enum RunError {
    /// A secret is missing or too short.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Secret(#[from] SecretError),
    /// The prober cannot be set up.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Setup(#[from] SetupError),
    /// The run was told to wait, and nothing says whether the deployment is up.
    #[error("there is nothing to wait for: the target has no endpoint with the role `health`")]
    #[diagnostic(code(fivewhys::run::nothing_to_wait_for), help("add one to the target file, or leave out `--wait`"))]
    NothingToWaitFor,
    /// Every step was skipped. A run that tests nothing must not count as passed.
    #[error("nothing was tested: all {0} steps were skipped ({1})")]
    #[diagnostic(
        code(fivewhys::run::nothing_tested),
        help("grant more evidence, or name scenarios that this target can run")
    )]
    NothingTested(usize, String),
}

/// Runs the scenarios and, if one fails, diagnoses why. Ends within the run budget of the target.
///
/// # Errors
/// When nothing could be tested. A failure of the system under test is not an error: the report says it.
pub async fn smoke(run: &Smoke, tell: Listener<'_>) -> Result<Report, RunError> {
    smoke_by_hand(run, &ByHand::default(), tell).await
}

/// Runs as [`smoke`] does, with evidence that the operator supplies and with questions to the operator. The time that
/// the operator needs counts towards the run budget.
///
/// # Errors
/// As [`smoke`].
pub async fn smoke_by_hand(run: &Smoke, by_hand: &ByHand, tell: Listener<'_>) -> Result<Report, RunError> {
    let waited = run.conduct.interruption.or(waiting::wait(run)).await.transpose()?.flatten();
    let mut report = run_now(run, by_hand, tell).await?;
    report.reach.waited = waited;
    Ok(report)
}

async fn run_now(run: &Smoke, by_hand: &ByHand, tell: Listener<'_>) -> Result<Report, RunError> {
    let (started, started_at) = (Instant::now(), jiff::Timestamp::now());
    let target = &run.target;
    let deadline = tokio::time::Instant::now() + probing_time(target.budget.run);
    let interruption = &run.conduct.interruption;
    let (prober, evidence) = match (prober(run, deadline).await, interruption.signal()) {
        (Ok(prober), _) => prober,
        // The signal has ended the command that reads the secret.
        (Err(_), Some(signal)) => return Ok(not_begun(run, by_hand, signal, (started, started_at)).await),
        (Err(error), None) => return Err(error),
    };
    let redact = |text: &str| run.redactor.clean(text);
    let mut record = Record::default();
    let scenarios = scenarios(run);
    let driven = drive::drive(&prober, target, &scenarios, &run.conduct, &mut record, tell).await;
    if interruption.signal().is_none() {
        something_was_tested(&driven)?;
    }
    let driven_for = started.elapsed();
    let scenario_probes = record.probes.len();
    let (prober, catalogue, failed) = (&prober, &run.catalogue, &driven.failed);
    let asked = inquiry::Driven { prober, target, catalogue, failed, deadline, interruption };
    let mut conclusion = inquiry::inquire(&asked, &mut record, evidence, by_hand, &redact, tell).await;
    let supplied = by_hand.supplied.evidence_sources();
    conclusion.evidence.unread.retain(|(of, why)| why != NO_SOURCE || !supplied.contains(of));
    if !run.deployed.is_empty() && driven.failed.is_empty() {
        let log = inquiry::request_log::read(&mut conclusion.evidence, target, &record, by_hand, &redact, deadline);
        interruption.or(log).await;
    }
    tell(&Event::Ended);
    let timing = Timing {
        started_at,
        total_ms: started.elapsed().as_secs_f64() * 1000.0,
        scenarios_ms: driven_for.as_secs_f64() * 1000.0,
        diagnosis_ms: (started.elapsed() - driven_for).as_secs_f64() * 1000.0,
        scenario_probes,
        diagnosis_probes: conclusion.probes,
        held_back_ms: prober.held_back().as_secs_f64() * 1000.0,
    };
    let mut report = ending::report(run, driven, conclusion, record, timing).await;
    report.evidence = evidence_sources(target, by_hand);
    Ok(report)
}

/// Returns the report of a run that a signal ended before its first step.
async fn not_begun(
    run: &Smoke,
    by_hand: &ByHand,
    signal: Signal,
    (started, started_at): (Instant, jiff::Timestamp),
) -> Report {
    let driven = Driven::not_begun(&run.target, &scenarios(run), &format!("{signal} ended the run"));
    let timing = Timing {
        started_at,
        total_ms: started.elapsed().as_secs_f64() * 1000.0,
        scenarios_ms: 0.0,
        diagnosis_ms: 0.0,
        scenario_probes: 0,
        diagnosis_probes: 0,
        held_back_ms: 0.0,
    };
    let mut report = ending::report(run, driven, Conclusion::default(), Record::default(), timing).await;
    report.evidence = evidence_sources(&run.target, by_hand);
    report
}

/// The part of the run budget in which no probe is sent: the verdict takes time too.
const FOR_THE_VERDICT: u32 = 10;
/// The most that is reserved for it: contradictory responses take longest.
const LONGEST_VERDICT: Duration = Duration::from_secs(2);

/// Returns the time in which a run sends probes and reads evidence.
fn probing_time(run: Duration) -> Duration {
    run.saturating_sub((run / FOR_THE_VERDICT).min(LONGEST_VERDICT))
}

/// Returns the prober, and the evidence before the first probe: whether the signing key is a published one.
async fn prober(run: &Smoke, deadline: tokio::time::Instant) -> Result<(Prober, Evidence), RunError> {
    let mut evidence = Evidence::default();
    let keys = run.conduct.interruption.or(read_keys(&run.target, deadline)).await.unwrap_or(Ok(None));
    let keys = keys.unwrap_or_else(|why| {
        evidence.unread.push((EvidenceSource::Auth, run.redactor.clean(&why)));
        None
    });
    let credentials = credentials::RunCredentials::read(&run.target, &run.redactor, keys)?;
    evidence.signing_key = credentials.published();
    Ok((prober_with(credentials, &run.target, &run.redactor, deadline)?, evidence))
}

/// Returns a prober with these credentials.
fn prober_with(
    credentials: credentials::RunCredentials,
    target: &Arc<Target>,
    redactor: &Redactor,
    deadline: tokio::time::Instant,
) -> Result<Prober, SetupError> {
    Prober::new(Arc::clone(target), Arc::new(credentials), Arc::new(redactor.clone()), deadline)
}

fn scenarios(run: &Smoke) -> Vec<Scenario> {
    run.scenarios.iter().map(|scenario| scenario.on(&run.target).into_owned()).collect()
}

fn something_was_tested(driven: &Driven) -> Result<(), RunError> {
    let steps = || driven.scenarios.iter().flat_map(|scenario| &scenario.steps);
    if steps().any(|step| step.outcome != StepOutcome::Skipped) {
        return Ok(());
    }
    let why = steps().flat_map(|step| &step.because).next().cloned();
    Err(RunError::NothingTested(steps().count(), why.unwrap_or_else(|| "there are no steps".into())))
}

/// Returns the evidence of the run: what the target grants, and what the operator supplied.
fn evidence_sources(target: &Target, by_hand: &ByHand) -> Vec<String> {
    let mut evidence_sources = target.evidence_sources.clone();
    evidence_sources.extend(by_hand.supplied.evidence_sources());
    evidence_sources.iter().map(ToString::to_string).collect()
}
