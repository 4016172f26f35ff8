//! Many runs at the same time, as many as do not disturb each other. Sits in `selftest`; for what mostly waits.

use std::future::Future;
use std::num::NonZero;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::SelftestError;

/// Runs at the same time for each processor: most of a run is waiting, and more of them would wait for each other.
const AT_ONCE: usize = 4;

/// The results in the order of the items; the first error ends it. `done` is called after each.
pub(super) async fn each<T, R: Send + 'static, F: Future<Output = Result<R, SelftestError>> + Send + 'static>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> F,
    done: impl Fn(),
) -> Result<Vec<R>, SelftestError> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let free = Arc::new(Semaphore::new(cores * AT_ONCE));
    let mut tasks = JoinSet::new();
    for (at, item) in items.into_iter().enumerate() {
        let (run, free) = (work(item), Arc::clone(&free));
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
