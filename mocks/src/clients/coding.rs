//! Compression at the edge, for clients that accept gzip.

use std::io::Write;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The most that the edge compresses, in bytes.
const MOST: usize = 1 << 20;
/// How much longer a stream takes that is held back. The twin's own streams are complete at once.
const HELD: Duration = Duration::from_millis(700);

/// Compresses bodies and leaves streams as they are.
pub(super) async fn bodies(request: Request, next: Next) -> Response {
    let accepts = accepts_gzip(&request);
    let response = next.run(request).await;
    if accepts && !is_stream(&response) { compressed(response).await } else { response }
}

/// Compresses streams too. The client gets them when they are complete.
pub(super) async fn whole(request: Request, next: Next) -> Response {
    let accepts = accepts_gzip(&request);
    let response = next.run(request).await;
    if accepts && is_stream(&response) {
        tokio::time::sleep(HELD).await;
    }
    if accepts { compressed(response).await } else { response }
}

fn accepts_gzip(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.split(',').any(|coding| coding.trim().starts_with("gzip")))
}

fn is_stream(response: &Response) -> bool {
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media.is_some_and(|media| media.starts_with("text/event-stream"))
}

async fn compressed(response: Response) -> Response {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(plain) = to_bytes(body, MOST).await else { return StatusCode::BAD_GATEWAY.into_response() };
    if plain.is_empty() {
        return Response::from_parts(parts, Body::empty());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let gzip = encoder.write_all(&plain).and_then(|()| encoder.finish());
    let gzip = gzip.expect("memory takes every byte");
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Response::from_parts(parts, Body::from(gzip))
}
