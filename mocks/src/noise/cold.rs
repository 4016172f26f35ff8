//! Cold start: a process that has just been asked for the first time keeps its callers waiting.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};

/// When one process was first asked, and how long it takes from there. Clones share both.
#[derive(Clone, Default)]
pub(crate) struct Warmup {
    lasts: Duration,
    first: Arc<OnceLock<Instant>>,
}

impl Warmup {
    pub(crate) fn new(lasts: Duration) -> Self {
        Self { lasts, first: Arc::default() }
    }

    /// How long a caller of this moment has to wait.
    pub(crate) fn remaining(&self) -> Duration {
        let first = self.first.get_or_init(Instant::now);
        self.lasts.saturating_sub(first.elapsed())
    }
}

/// The same service, which first has to warm up.
pub(crate) fn warming(router: Router, warmup: Warmup) -> Router {
    if warmup.lasts.is_zero() {
        return router;
    }
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        let wait = warmup.remaining();
        async move {
            tokio::time::sleep(wait).await;
            next.run(request).await
        }
    }))
}
