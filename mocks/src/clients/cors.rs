//! The CORS protocol: at the backend, which answers preflights, and at the edge, which should leave it alone.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{ClientFlaw, Clients};

/// What the backend allows on a preflight.
const METHODS: &str = "GET, POST, DELETE";
const HEADERS: &str = "authorization, content-type";
const HEADERS_WITHOUT_TOKEN: &str = "content-type";

/// Answers preflights, and adds the headers to every other response.
pub(super) async fn by_the_backend(State(clients): State<Arc<Clients>>, request: Request, next: Next) -> Response {
    let asking = request.headers().get(header::ORIGIN).cloned();
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if !is_preflight {
        next.run(request).await
    } else if clients.has(ClientFlaw::PreflightWantsToken) {
        (StatusCode::UNAUTHORIZED, [(header::CONTENT_TYPE, "application/json")], r#"{"detail":"Not authenticated"}"#)
            .into_response()
    } else {
        clients.preflight()
    };
    if let Some(asking) = asking {
        clients.allow(&asking, response.headers_mut());
    }
    response
}

/// Refuses preflights, or repeats the headers, where the edge has that flaw.
pub(super) async fn by_the_edge(State(clients): State<Arc<Clients>>, request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS && clients.has(ClientFlaw::EdgeRefusesPreflight) {
        return (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/html"), (header::SERVER, "nginx")], NGINX)
            .into_response();
    }
    let mut response = next.run(request).await;
    let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).cloned();
    if let Some(allowed) = allowed.filter(|_| clients.has(ClientFlaw::HeadersTwice)) {
        response.headers_mut().append(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    }
    response
}

/// The page of nginx for `deny` and `limit_except`.
const NGINX: &str = "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// Removes the chosen subprotocol from the response to an upgrade.
pub(super) async fn without_subprotocol(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().remove(header::SEC_WEBSOCKET_PROTOCOL);
    response
}

impl Clients {
    fn preflight(&self) -> Response {
        let headers = if self.has(ClientFlaw::ForgetsAuthorization) { HEADERS_WITHOUT_TOKEN } else { HEADERS };
        let allowed =
            [(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS), (header::ACCESS_CONTROL_ALLOW_HEADERS, headers)];
        (StatusCode::NO_CONTENT, allowed).into_response()
    }

    /// Adds the headers that allow a page.
    fn allow(&self, asking: &HeaderValue, headers: &mut HeaderMap) {
        let own = self.origin.as_deref().unwrap_or_default();
        let allowed = if self.has(ClientFlaw::ReflectsOrigin) {
            asking.clone()
        } else if self.has(ClientFlaw::AnyOriginWithCredentials) {
            HeaderValue::from_static("*")
        } else if self.has(ClientFlaw::AllowsAnotherOrigin) {
            HeaderValue::from_static("https://another.test")
        } else if asking == own {
            asking.clone()
        } else {
            return;
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        if self.credentials && !self.has(ClientFlaw::DeniesCredentials) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
    }
}
