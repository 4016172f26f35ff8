//! The invoker check of a service that is not public (edge-signatures 1.1): nothing gets past it here.

use axum::extract::Request;
use axum::http::header;

use super::pages::Page;

/// 403 when there is no credential to look at, 401 when there is one and Google did not sign it.
pub(super) fn refuse(request: &Request) -> Page {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scheme = sent.split(' ').next().unwrap_or_default();
    match scheme.eq_ignore_ascii_case("bearer") {
        true => Page::IamUnverifiable,
        false => Page::IamMissing { path: request.uri().path().to_owned() },
    }
}
