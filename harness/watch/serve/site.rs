//! Which path gives which response.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Response, StatusCode, Uri};
use jiff::Timestamp;
use tokio::sync::watch;

use super::metrics::Metrics;
use super::page;
use crate::watch::state::{State, Watched};

/// The media type of the metrics, from OpenMetrics 1.0, section "Overall Structure".
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// What all connections share.
#[derive(Debug)]
pub(super) struct Site {
    state: watch::Receiver<Arc<State>>,
    metrics: Mutex<Metrics>,
}

impl Site {
    pub(super) fn new(state: watch::Receiver<Arc<State>>) -> Self {
        let metrics = Metrics::of(&state.borrow());
        Self { state, metrics: Mutex::new(metrics) }
    }

    /// Feeds the metrics with the runs that are new in the state.
    pub(super) fn learn(&self) {
        let state = self.now();
        self.metrics.lock().unwrap_or_else(PoisonError::into_inner).learn(&state);
    }

    /// Returns the response to a request. A body of the request is never read.
    pub(super) fn answer(&self, method: &Method, uri: &Uri) -> Response<Full<Bytes>> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            let mut refused = response(StatusCode::METHOD_NOT_ALLOWED, TEXT, "Only GET and HEAD are allowed.\n".into());
            refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refused;
        }
        match uri.path() {
            "/" => self.page(uri.query() == Some(page::STILL)),
            "/metrics" => response(StatusCode::OK, OPEN_METRICS, self.metrics()),
            "/health" => response(StatusCode::OK, TEXT, "The watch is running.\n".into()),
            "/ready" => ready(&self.now()),
            _ => response(StatusCode::NOT_FOUND, TEXT, "There are /, /metrics, /health and /ready.\n".into()),
        }
    }

    fn now(&self) -> Arc<State> {
        Arc::clone(&self.state.borrow())
    }

    fn page(&self, still: bool) -> Response<Full<Bytes>> {
        let mut page = response(StatusCode::OK, HTML, page::render(&self.now(), Timestamp::now(), still));
        if let Ok(policy) = HeaderValue::from_str(&format!("{}; frame-ancestors 'none'", page::policy())) {
            page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        page
    }

    fn metrics(&self) -> String {
        let state = self.now();
        let mut metrics = self.metrics.lock().unwrap_or_else(PoisonError::into_inner);
        metrics.learn(&state);
        metrics.text()
    }
}

/// Returns 200 if a run of each target has finished, and otherwise 503 with the names of the others.
fn ready(state: &State) -> Response<Full<Bytes>> {
    let waiting = |target: &&Watched| target.runs.is_empty();
    let waiting: Vec<&str> = state.targets.iter().filter(waiting).map(|target| target.name.as_str()).collect();
    let (status, says) = match (state.targets.is_empty(), waiting.is_empty()) {
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "No target is watched.\n".to_owned()),
        (_, true) => (StatusCode::OK, "A run of every target has finished.\n".to_owned()),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("No run of these targets has finished: {}.\n", waiting.join(", ")),
        ),
    };
    response(status, TEXT, says)
}

fn response(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let fixed = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    response.headers_mut().extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}
