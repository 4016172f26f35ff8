//! `opaque`: the status, and no word about why; health says whether, not what.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::dialect::SAYS_NOTHING;

pub(super) fn phrased(path: &str, response: Response) -> Response {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let body = match (path, failed) {
        ("/health", false) => r#"{"status":"ok"}"#,
        ("/health", true) => r#"{"status":"not ok"}"#,
        (_, true) => SAYS_NOTHING,
        (_, false) => return response,
    };
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
