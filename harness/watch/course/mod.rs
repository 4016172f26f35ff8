//! The course of a watch: a loop for each target, and a task for each receiver, until it ends.
//!
//! Start at [`watch`].
//!
//! - `rounds`: the loop of one target
//! - `exporting`: the export of the spans of its runs
//!
//! Invariant: a target never has two runs at once.

mod exporting;
mod rounds;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch as channel};
use tokio::task::{JoinSet, block_in_place};

use crate::redact::Redactor;
use crate::report::Report;
use crate::run::{self, ByHand, Interruption};
use crate::watch::course::rounds::Rounds;
use crate::watch::notify::delivery::{Delivery, deliver_all};
use crate::watch::notify::receiver::Receiver;
use crate::watch::schedule::Slots;
use crate::watch::serve::serve;
use crate::watch::state::{Ran, State};
use crate::watch::store::{Broken, Store};

/// At the end, notifications that wait still have this time.
const LAST_DELIVERY: Duration = Duration::from_secs(60);

/// What to watch, and how.
pub(crate) struct Course {
    pub(crate) jobs: Vec<Job>,
    pub(crate) slots: Slots,
    /// The number of runs that must agree before an incident opens or changes its cause.
    pub(crate) confirm: usize,
    pub(crate) until: Until,
    pub(crate) store: Arc<Store>,
    pub(crate) interruption: Interruption,
    pub(crate) listener: Listener,
    /// Where the metrics and the page are served.
    pub(crate) page: Option<TcpListener>,
}

/// One target.
pub(crate) struct Job {
    /// Each run is one like this, with a redactor of its own.
    pub(crate) run: run::Smoke,
    /// Reads the evidence of the operator before each run.
    pub(crate) by_hand: ReadByHand,
    pub(crate) receivers: Vec<Arc<Receiver>>,
    /// Exports the spans of each run.
    pub(crate) export: Option<Arc<dyn Export>>,
}

/// Exports the spans of a run.
pub(crate) trait Export: Send + Sync {
    /// Tells a redactor the secrets of the export.
    fn conceal(&self, redactor: &Redactor);
    /// Exports the spans of a report that is cleaned of secrets. Ends within seconds, or says why they are not exported.
    fn send<'a>(&'a self, report: &'a Report) -> BoxFuture<'a, Result<(), String>>;
}

/// Reads the evidence of the operator, or says why it cannot be read.
pub(crate) type ReadByHand = Arc<dyn Fn() -> Result<ByHand, String> + Send + Sync>;

/// When a watch ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    Stopped,
    /// After one run of each target.
    Once,
    /// No run begins after this time.
    For(Duration),
}

/// What a watch tells the operator.
pub(crate) enum Said<'a> {
    /// A run ended.
    Ran(&'a str, &'a Ran),
    /// Something changed.
    Changed(&'a str),
    /// Something is wrong with the watch itself.
    Note(&'a str),
}

/// Receives what a watch tells. Must not block for long.
pub(crate) type Listener = Arc<dyn Fn(&Said<'_>) + Send + Sync>;

/// Watches until the end, and returns the exit code: that of the last run of the first target whose last run did not pass.
///
/// # Errors
/// When the store cannot be read at the start.
pub(crate) async fn watch(course: Course) -> Result<u8, Broken> {
    let Course { jobs, slots, confirm, until, store, interruption, listener, page } = course;
    let read = |job: &Job| block_in_place(|| store.watched(&job.run.target.name));
    let targets = jobs.iter().map(read).collect::<Result<Vec<_>, Broken>>()?;
    let state = Arc::new(State { since: Timestamp::now(), every: slots.every, targets });
    let state = Arc::new(channel::Sender::new(state));
    let (stop, stopped) = oneshot::channel::<()>();
    let page = page.map(|page| {
        let stopped = async move { drop(stopped.await) };
        tokio::spawn(serve(page, state.subscribe(), stopped))
    });
    let kept = channel::Sender::new(0);
    let mut deliveries = JoinSet::new();
    for job in &jobs {
        forget_others(&store, job, &listener)?;
        for receiver in &job.receivers {
            deliveries.spawn(deliver_all(delivery(&store, job, receiver, &listener), kept.subscribe()));
        }
    }
    let mut loops = JoinSet::new();
    for (place, job) in jobs.into_iter().enumerate() {
        let (store, state, kept) = (Arc::clone(&store), Arc::clone(&state), kept.clone());
        let (interruption, listener) = (interruption.clone(), Arc::clone(&listener));
        let rounds = Rounds { place, job, slots, confirm, until, store, state, kept, interruption, listener };
        loops.spawn(async move { (place, rounds.run().await) });
    }
    let mut codes = loops.join_all().await;
    drop(kept);
    if interruption.or(tokio::time::timeout(LAST_DELIVERY, ended(&mut deliveries))).await.is_none() {
        // What was not delivered is delivered after the next start.
        deliveries.shutdown().await;
    }
    drop(stop);
    if let Some(page) = page {
        let _ = page.await;
    }
    codes.sort_unstable();
    let failed = codes.iter().map(|(_, code)| *code).find(|code| *code != 0);
    Ok(interruption.signal().map_or(failed.unwrap_or(0), |signal| signal.exit_code().code()))
}

async fn ended(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

fn delivery(store: &Arc<Store>, job: &Job, receiver: &Arc<Receiver>, listener: &Listener) -> Delivery {
    let listener = Arc::clone(listener);
    Delivery {
        store: Arc::clone(store),
        target: job.run.target.name.clone(),
        receiver: Arc::clone(receiver),
        note: Arc::new(move |note| listener(&Said::Note(note))),
    }
}

fn forget_others(store: &Store, job: &Job, listener: &Listener) -> Result<(), Broken> {
    let (name, receivers) = (&job.run.target.name, job.receivers.iter().map(|receiver| receiver.name.clone()));
    let gone = block_in_place(|| store.forget_others(name, &receivers.collect::<Vec<_>>()))?;
    if gone > 0 {
        listener(&Said::Note(&format!("{gone} earlier notifications of {name} have no receiver any more")));
    }
    Ok(())
}
