//! Around every request: the `x-trace-id` that identifies the backend, and its access line.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use super::Backend;
use crate::logs::Severity;

/// Stamps the answer and writes `Request: <METHOD> <path> | Status: <n> | Duration: <x>ms | Trace: <uuid>` (contract 7.1).
///
/// The id is this request's own: the body's `trace_id` is another one, as in the recordings.
pub(super) async fn stamp(State(backend): State<Arc<Backend>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let trace = Uuid::new_v4().to_string();
    let asked = format!("{} {}", request.method(), request.uri().path());
    let request_id = request.headers().get("x-request-id").cloned();

    let mut response = next.run(request).await;

    let headers = response.headers_mut();
    let date = HeaderValue::from_str(&backend.log.clock().http_date()).expect("a date is a header value");
    headers.insert(header::DATE, date);
    if backend.dialect.names_servers() {
        headers.insert("server", HeaderValue::from_static("uvicorn"));
        headers.insert("x-trace-id", HeaderValue::from_str(&trace).expect("a uuid is a header value"));
    }
    if let Some(id) = request_id {
        headers.insert("x-request-id", id);
    }
    let status = response.status().as_u16();
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
    let line = format!("Request: {asked} | Status: {status} | Duration: {milliseconds:.2}ms | Trace: {trace}");
    backend.log.message(Severity::Info, line);
    response
}
