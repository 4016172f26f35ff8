//! The layers around the routes: the response's headers with the access line, and the defects in front of all routes.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use crate::backend::error::framework_error;
use crate::backend::service::Backend;
use crate::deployment::BackendDefect;
use crate::logs::Severity;
use crate::net::wants_upgrade;

/// Sets the response's headers and writes `Request: <METHOD> <path> | Status: <n> | Duration: <x>ms | Trace: <uuid>`.
///
/// The real backend uses another id in the body's `trace_id`.
pub(crate) async fn stamp(State(backend): State<Arc<Backend>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let trace = Uuid::new_v4().to_string();
    let asked = format!("{} {}", request.method(), request.uri().path());
    let request_id = request.headers().get("x-request-id").cloned();

    let of_users = request.uri().path().starts_with("/api/") || request.uri().path() == "/ws";
    let instance = backend.crowd.instance().filter(|_| of_users);
    let mut response = match instance {
        Some((_, true)) => framework_error(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        _ => next.run(request).await,
    };

    let headers = response.headers_mut();
    let date = HeaderValue::from_str(&backend.log.clock().http_date()).expect("a date is a header value");
    headers.insert(header::DATE, date);
    if backend.dialect.names_servers() {
        headers.insert("server", HeaderValue::from_static("uvicorn"));
        headers.insert("x-trace-id", HeaderValue::from_str(&trace).expect("a uuid is a header value"));
    }
    if let Some((name, _)) = instance {
        headers.insert("x-instance-id", HeaderValue::from_static(name));
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

/// Applies the build's defects to every request before its route is looked up.
pub(crate) async fn before_routes(State(backend): State<Arc<Backend>>, mut request: Request, next: Next) -> Response {
    if backend.has(BackendDefect::RefusesEveryone) {
        backend.log.message(Severity::Warning, "Client address is not in the allow list");
        return framework_error(StatusCode::FORBIDDEN, "Forbidden");
    }
    if backend.has(BackendDefect::Deadlocked) && request.uri().path() != "/health" {
        std::future::pending::<()>().await;
    }
    let ignores = backend.has(BackendDefect::IgnoresHeader)
        || (backend.has(BackendDefect::SocketIgnoresHeader) && wants_upgrade(&request));
    if ignores {
        request.headers_mut().remove(header::AUTHORIZATION);
    }
    next.run(request).await
}
