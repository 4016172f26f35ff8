//! Many runs at the same time, but not so many that they slow one another down. For work that mostly waits.

use std::future::Future;
use std::num::NonZero;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::selftest::stage::error::SelftestError;

/// Runs at the same time for each processor. A run waits much of the time, but more runs would slow one another down.
const AT_ONCE: usize = 4;
/// Runs at the same time for each processor, of those that mostly wait.
const WAITING_AT_ONCE: usize = 16;

/// Limits on runs at the same time. Runs that mostly wait have a limit of their own, so that they do not delay the others.
#[derive(Debug)]
pub(crate) struct Places {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Places {
    /// Returns limits that suit the number of processors.
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let places = |of_each: usize| Arc::new(Semaphore::new(cores * of_each));
        Self { working: places(AT_ONCE), waiting: places(WAITING_AT_ONCE) }
    }
}

/// Returns the results in the order of the items, or the first error. `waits` says which runs mostly wait. `done` is called after each run.
pub(crate) async fn each<T, R: Send + 'static, F: Future<Output = Result<R, SelftestError>> + Send + 'static>(
    places: &Places,
    items: impl IntoIterator<Item = T>,
    waits: impl Fn(&T) -> bool,
    work: impl Fn(T) -> F,
    done: impl Fn(),
) -> Result<Vec<R>, SelftestError> {
    let mut tasks = JoinSet::new();
    for (at, item) in items.into_iter().enumerate() {
        let free = Arc::clone(if waits(&item) { &places.waiting } else { &places.working });
        let run = work(item);
        tasks.spawn(async move {
            let _place = free.acquire_owned().await;
            (at, run.await)
        });
    }
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        let (at, result) = ended.map_err(|error| SelftestError::Twin(error.to_string()))?;
        all.push((at, result?));
        done();
    }
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}
