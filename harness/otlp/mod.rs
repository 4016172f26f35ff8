//! Exports the spans of a run by OTLP/HTTP (OpenTelemetry Protocol 1.x, protobuf).
//!
//! Start at [`export`].
//!
//! - `destination`: the endpoint and the headers
//! - `spans`: the spans of a report
//!
//! Invariant: a failure to export changes no report and no exit code. No attribute holds a header, a body or a token.

mod destination;
mod spans;
#[cfg(test)]
mod tests;

use std::time::Duration;

use opentelemetry_otlp::{RetryPolicy, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanExporter as _;
use thiserror::Error;

pub(crate) use destination::Destination;

use crate::report::Report;
use crate::tls;

/// The time limit of an export.
const LONGEST: Duration = Duration::from_secs(10);

/// Why the spans were not exported.
#[derive(Debug, Error, miette::Diagnostic)]
#[error("cannot export the spans of the run to {to}: {why}")]
#[diagnostic(code(fivewhys::otlp::failed), help("the run and its reports are complete; only the traces lack it"))]
pub(crate) struct NotExported {
    to: String,
    why: String,
}

/// Exports the spans of a report, which has to be cleaned of secrets. Returns their number.
///
/// # Errors
/// When the endpoint does not accept them within 10 s.
pub(crate) async fn export(report: &Report, to: &Destination) -> Result<usize, NotExported> {
    let failed = |why: String| NotExported { to: to.shown(), why: to.redactor.clean(&why) };
    let spans = spans::of(report);
    let count = spans.len();
    let mut exporter = exporter(to).map_err(failed)?;
    exporter.set_resource(&Resource::builder_empty().with_service_name("fivewhys").build());
    let done = tokio::time::timeout(LONGEST, exporter.export(spans)).await;
    let done = done.map_err(|_| failed(format!("no answer within {} s", LONGEST.as_secs())))?;
    done.map_err(|error| failed(error.to_string())).map(|()| count)
}

fn exporter(to: &Destination) -> Result<SpanExporter, String> {
    let config = if to.endpoint.scheme() == "https" { tls::usual_config() } else { tls::without_roots() };
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(LONGEST)
        .build();
    let client = client.map_err(|error| error.to_string())?;
    let builder = SpanExporter::builder().with_http().with_http_client(client).with_headers(to.headers.clone());
    let builder = builder.with_retry_policy(RetryPolicy::disabled());
    builder.with_endpoint(to.endpoint.as_str()).with_timeout(LONGEST).build().map_err(|error| error.to_string())
}
