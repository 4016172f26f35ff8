//! What the edge lets be seen: its own pages and its headers, or in `opaque` nothing that names a platform.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::pages::Page;
use super::stamp;
use crate::Dialect;
use crate::dialect::SAYS_NOTHING;
use crate::trace::TraceId;

/// An answer of the backend's, passed on.
pub(super) fn relayed(dialect: Dialect, response: Response, trace: &TraceId, returning: bool) -> Response {
    match dialect.names_servers() {
        true => stamp::relayed(response, trace, returning),
        false => unnamed(response),
    }
}

/// An answer of the platform's own.
pub(super) fn own(dialect: Dialect, page: &Page, trace: &TraceId) -> Response {
    let response = page.response();
    match dialect.names_servers() {
        true if page.is_the_firewalls() => stamp::firewall(response),
        true => stamp::own(response, trace),
        false => (response.status(), [(header::CONTENT_TYPE, "application/json")], SAYS_NOTHING).into_response(),
    }
}

fn unnamed(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    for name in [header::SERVER, header::VIA, header::WWW_AUTHENTICATE] {
        headers.remove(name);
    }
    response
}
