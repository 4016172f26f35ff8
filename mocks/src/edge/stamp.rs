//! The headers by which the platform shows itself (edge-signatures 1.1), and its sticky cookie.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use uuid::Uuid;

use crate::trace::TraceId;

/// The cookie of session affinity.
const AFFINITY: &str = "GAESA";
const TRACE: HeaderName = HeaderName::from_static("x-cloud-trace-context");

/// True when the client brings its affinity cookie back.
pub(super) fn has_affinity(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).any(|pair| pair.trim().starts_with("GAESA="))
}

/// An answer of the backend's, passed on.
pub(super) fn relayed(mut response: Response, trace: &TraceId, returning: bool) -> Response {
    response.headers_mut().insert(header::VIA, HeaderValue::from_static("1.1 google"));
    // An upgrade is no page: browsers ignore cookies there.
    if !returning && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let cookie = format!("{AFFINITY}={}; path=/; HttpOnly", Uuid::new_v4().simple());
        let cookie = HeaderValue::from_str(&cookie).expect("hex digits are a header value");
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    own(response, trace)
}

/// A page of the firewall in front of the platform: no `server` (edge-signatures 2.2).
pub(super) fn firewall(mut response: Response) -> Response {
    response.headers_mut().insert(header::VIA, HeaderValue::from_static("1.1 google"));
    response
}

/// An answer of the platform's own.
pub(super) fn own(mut response: Response, trace: &TraceId) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_static("Google Frontend"));
    headers.insert(TRACE, HeaderValue::from_str(trace.as_str()).expect("hex digits are a header value"));
    response
}
