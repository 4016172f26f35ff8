//! Many users at the same time: whether they are served, how fast, and whether each sees only what is its own.
//!
//! Start at [`run`]. Each user of a pool runs the scenarios with a token and a marker of its own. Calls are due at times
//! that do not depend on the system under test, and latency counts from there.
//!
//! - `asked`: the load that is asked for, and the bound of the target; `open_files`: the limit of this machine
//! - `pool`, `credentials`: the users and their tokens; `markers`: their markers, and the search for foreign ones
//! - `schedule`: when each call is due
//! - `stage`: what all users share; `user`: one user; `socket`: a socket that the user keeps open
//! - `judge`: whether a call was served
//! - `tally/`: what is kept of the calls, latencies, and what the failed calls have in common
//! - `ending`, `merge`: the result, and one result of several
//!
//! Invariant: a leak is claimed only with the marker of another user in hand. No target is driven beyond its bound.

pub(crate) mod asked;
mod credentials;
mod ending;
mod judge;
mod markers;
mod merge;
mod open_files;
mod pool;
mod schedule;
mod socket;
mod stage;
mod tally;
mod user;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use thiserror::Error;
use tokio::task::JoinSet;

pub(crate) use asked::{Allowed, Asked};
pub(crate) use ending::finding_ids;
pub(crate) use merge::{merge, of_many_users};

use crate::config::{SecretError, Target};
use crate::document::ConfigError;
use crate::evidence::read_keys;
use crate::load::credentials::{Later, PoolCredentials};
use crate::load::markers::Markers;
use crate::load::schedule::Schedule;
use crate::load::stage::Stage;
use crate::load::user::VirtualUser;
use crate::probe::{Prober, SetupError};
use crate::report::Report;
use crate::run::{Outside, RunCredentials, Smoke, report_of};
use crate::terms::TokenKind;

/// Why nothing could be tested.
#[derive(Debug, Error, miette::Diagnostic)]
pub(crate) enum LoadError {
    /// The pool does not fit the target.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Pool(#[from] ConfigError),
    /// A secret is missing or too short.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Secret(#[from] SecretError),
    /// The prober cannot be set up.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Setup(#[from] SetupError),
    /// The machine does not allow so many sockets.
    #[error("{0}")]
    #[diagnostic(
        code(fivewhys::load::open_files),
        help("raise the limit with `ulimit -n`, or divide the users over shards")
    )]
    OpenFiles(String),
    /// No call was sent. A run that tests nothing must not count as passed.
    #[error("nothing was tested: no call was due while the users were active")]
    #[diagnostic(code(fivewhys::load::nothing_tested), help("hold the load longer, or raise the rate"))]
    NothingTested,
}

/// The time after the hold in which calls may end and test data is removed.
const AFTERWARDS: Duration = Duration::from_secs(30);
/// Users that log in at the same time.
const LOGINS: usize = 16;

/// Drives the scenarios as many users, and reports. `smoke` has the scenarios of a user.
///
/// # Errors
/// When nothing could be tested. A failure of the system under test is not an error: the report says it.
pub(crate) async fn run(smoke: &Smoke, allowed: &Allowed) -> Result<Report, LoadError> {
    let (started, started_at) = (Instant::now(), jiff::Timestamp::now());
    let users = u32::try_from(allowed.numbers.len()).unwrap_or(u32::MAX);
    open_files::allow(users).map_err(LoadError::OpenFiles)?;
    let stage = Arc::new(stage(smoke, allowed, users).await?);
    let mut active = JoinSet::new();
    for number in 0..allowed.numbers.len() {
        active.spawn(VirtualUser::new(Arc::clone(&stage), number).live());
    }
    while let Some(ended) = active.join_next().await {
        if let Err(error) = ended {
            std::panic::resume_unwind(error.into_panic());
        }
    }
    let result = ending::result(&stage, allowed, &smoke.redactor);
    if result.report.calls == 0 && smoke.conduct.interruption.signal().is_none() {
        return Err(LoadError::NothingTested);
    }
    let outside = Outside {
        findings: ending::findings(&result.report, &smoke.catalogue),
        scenarios: result.scenarios,
        exchanges: result.exchanges,
        objectives: result.objectives,
        started_at,
        took: started.elapsed(),
        calls: usize::try_from(result.report.calls).unwrap_or(usize::MAX),
    };
    let run = Smoke { target: Arc::clone(&stage.target), ..smoke.clone() };
    let mut report = report_of(&run, outside).await;
    report.load = Some(result.report);
    Ok(report)
}

/// Prepares what the users share. Users whose tokens the auth service issues log in before the first call.
async fn stage(smoke: &Smoke, allowed: &Allowed, users: u32) -> Result<Stage, LoadError> {
    let mut target = Target::clone(&smoke.target);
    target.users = pool::pool(&target, allowed)?;
    target.budget.requests_per_minute = (allowed.rate * 60.0).ceil() as u32;
    let target = Arc::new(target);
    let planned = allowed.ramp + allowed.hold;
    let log_in = Duration::from_secs_f64(if target.logs_in() { f64::from(users) / allowed.rate } else { 0.0 });
    let now = tokio::time::Instant::now();
    let latest = now + log_in * 2 + planned + target.budget.probe + AFTERWARDS;
    let keys = read_keys(&target, latest).await.unwrap_or(None);
    let inner = RunCredentials::read(&target, &smoke.redactor, keys)?;
    let credentials = PoolCredentials::new(inner, target.claims.ttl);
    let prober = Prober::new(Arc::clone(&target), Arc::new(credentials), Arc::new(Later), latest)?;
    if target.logs_in() {
        log_everyone_in(&prober, &target).await;
    }
    let start = tokio::time::Instant::now();
    Ok(Stage {
        schedule: Schedule::new(start, users, allowed.rate, allowed.ramp, allowed.hold),
        markers: Markers::draw(target.users.len()),
        scenarios: smoke.scenarios.iter().map(|scenario| scenario.on(&target).into_owned()).collect(),
        interruption: smoke.conduct.interruption.clone(),
        ledger: Mutex::default(),
        target,
        prober,
        latest,
    })
}

/// Lets all users log in. A login that fails shows again in the first call of its user.
async fn log_everyone_in(prober: &Prober, target: &Target) {
    for group in target.users.chunks(LOGINS) {
        let logins = group.iter().map(|user| {
            let session = prober.session();
            async move { session.token(TokenKind::Valid, &user.name).await.is_ok() }
        });
        join_all(logins.collect::<Vec<_>>()).await;
    }
}
