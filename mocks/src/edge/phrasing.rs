//! The edge's headers and its affinity cookie. In `opaque`, no header and no page names the platform.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::pages::Page;
use crate::terms::{Dialect, OPAQUE_FAILURE, TraceId};

/// The cookie of Cloud Run's session affinity.
const AFFINITY: &str = "GAESA";
const TRACE: HeaderName = HeaderName::from_static("x-cloud-trace-context");

/// Returns the backend's response as the edge passes it on.
pub(crate) fn relayed(dialect: Dialect, response: Response, trace: &TraceId, returning: bool) -> Response {
    match dialect.names_servers() {
        true => stamp_relayed(response, trace, returning),
        false => unnamed(response),
    }
}

/// Returns the response for a page of the platform itself.
pub(crate) fn own(dialect: Dialect, page: &Page, trace: &TraceId) -> Response {
    let response = page.response();
    match dialect.names_servers() {
        true if page.is_of_firewall() => stamp_firewall(response),
        true => stamp_own(response, trace),
        false => (response.status(), [(header::CONTENT_TYPE, "application/json")], OPAQUE_FAILURE).into_response(),
    }
}

/// Removes the headers that name a component.
fn unnamed(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    for name in [header::SERVER, header::VIA, header::WWW_AUTHENTICATE] {
        headers.remove(name);
    }
    response
}

/// Reports whether the client sends its affinity cookie back.
pub(crate) fn has_affinity(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).any(|pair| pair.trim().starts_with("GAESA="))
}

/// Adds the platform's headers to a response of the backend.
fn stamp_relayed(mut response: Response, trace: &TraceId, returning: bool) -> Response {
    response.headers_mut().insert(header::VIA, HeaderValue::from_static("1.1 google"));
    // The platform sets no cookie on an upgrade.
    if !returning && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let cookie = format!("{AFFINITY}={}; path=/; HttpOnly", Uuid::new_v4().simple());
        let cookie = HeaderValue::from_str(&cookie).expect("hex digits are a header value");
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    stamp_own(response, trace)
}

/// Adds the headers of the firewall in front of the platform, which sends no `server`.
fn stamp_firewall(mut response: Response) -> Response {
    response.headers_mut().insert(header::VIA, HeaderValue::from_static("1.1 google"));
    response
}

/// Adds the headers of the platform's own responses.
fn stamp_own(mut response: Response, trace: &TraceId) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_static("Google Frontend"));
    headers.insert(TRACE, HeaderValue::from_str(trace.as_str()).expect("hex digits are a header value"));
    response
}
