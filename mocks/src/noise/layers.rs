//! The layers that add noise: the edge's disturbances, and the warm-up of a cold process.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};

use super::{Dice, ErrorPages, Noise};

/// The state of the edge's noise.
struct EdgeNoise {
    noise: Noise,
    jitter: Dice,
}

/// Adds the edge's noise: late responses, pages instead of bodies, no `Server`. Without noise it returns `router` as it
/// is.
pub(crate) fn disturbed(router: Router, noise: &Noise) -> Router {
    if *noise == (Noise { seed: noise.seed, ..Noise::default() }) {
        return router;
    }
    let state = EdgeNoise { noise: noise.clone(), jitter: Dice::new(noise.seed, "jitter") };
    router.layer(middleware::from_fn_with_state(Arc::new(state), disturb))
}

async fn disturb(State(state): State<Arc<EdgeNoise>>, request: Request, next: Next) -> Response {
    tokio::time::sleep(state.noise.jitter.mul_f64(state.jitter.draw())).await;
    let mut response = next.run(request).await;
    if state.noise.error_pages.replaces(response.status()) {
        response = page(response);
    }
    if state.noise.no_server {
        response.headers_mut().remove(header::SERVER);
    }
    response
}

impl ErrorPages {
    fn replaces(self, status: StatusCode) -> bool {
        match self {
            Self::Off => false,
            Self::ServerErrors => status.is_server_error(),
            Self::AllErrors => status.is_client_error() || status.is_server_error(),
        }
    }
}

/// Returns a page that names no component. It keeps the challenge, as nginx does with `proxy_intercept_errors`.
fn page(replaced: Response) -> Response {
    let status = replaced.status();
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default());
    let body = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
    let mut response = (status, Html(body)).into_response();
    for name in [header::WWW_AUTHENTICATE, header::SERVER] {
        if let Some(value) = replaced.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// The warm-up of one process: it starts with the first request. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Warmup {
    lasts: Duration,
    first: Arc<OnceLock<Instant>>,
}

impl Warmup {
    /// Makes a warm-up that takes `lasts`.
    pub(crate) fn new(lasts: Duration) -> Self {
        Self { lasts, first: Arc::default() }
    }

    /// Returns how long a caller has to wait now. The first call starts the warm-up.
    pub(crate) fn remaining(&self) -> Duration {
        let first = self.first.get_or_init(Instant::now);
        self.lasts.saturating_sub(first.elapsed())
    }
}

/// Adds a warm-up: each request waits until it has passed.
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
