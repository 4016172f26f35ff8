//! Turns failures into the bytes of a dialect.
//!
//! A handler leaves a [`Failure`] in an empty response; the layer [`phrase`] writes it in the words of the dialect.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::envelope::ApiError;
use crate::terms::{Dialect, OPAQUE_FAILURE};

/// The challenge without an error code, for requests without a credential (RFC 6750, section 3.1).
const CHALLENGE_BARE: &str = "Bearer";
/// The challenge for a refused token.
const CHALLENGE_INVALID: &str =
    r#"Bearer error="invalid_token", error_description="The access token is invalid or expired""#;

/// Why a credential is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unauthenticated {
    /// The request carries no credential.
    NoBearer,
    /// The credential was not validated, for any reason.
    NotValidated,
}

/// An error before it is phrased.
#[derive(Clone)]
pub(crate) enum Failure {
    /// An error of a handler, in the backend's envelope.
    Raised { error: ApiError, envelope: Value },
    /// An error of FastAPI itself, without the envelope.
    Framework(&'static str),
    /// FastAPI's list of problems with a request.
    Invalid(Vec<Value>),
    /// A refused upgrade, without a body.
    Upgrade(Unauthenticated),
}

/// Returns an empty response that carries its failure to the layer [`phrase`].
pub(crate) fn failed(status: StatusCode, failure: Failure) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(failure);
    response
}

/// Returns the status for a refused credential.
pub(crate) const fn status_of(dialect: Dialect, refused: Unauthenticated) -> StatusCode {
    match (dialect, refused) {
        (Dialect::Documented | Dialect::Opaque, Unauthenticated::NoBearer)
        | (Dialect::Observed, Unauthenticated::NotValidated)
        | (Dialect::Modern, _) => StatusCode::UNAUTHORIZED,
        (Dialect::Documented | Dialect::Opaque, Unauthenticated::NotValidated)
        | (Dialect::Observed, Unauthenticated::NoBearer) => StatusCode::FORBIDDEN,
    }
}

/// Reports whether the backend accepts a WebSocket before it authenticates it. A refusal is then a frame and a close.
pub(crate) const fn refuses_in_frames(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Observed)
}

/// Returns the response to a refused upgrade.
pub(crate) fn refused_upgrade(dialect: Dialect, refused: Unauthenticated) -> Response {
    // Older versions of Starlette answer 403, whatever the reason.
    let status = match dialect {
        Dialect::Modern => status_of(dialect, refused),
        Dialect::Documented | Dialect::Observed | Dialect::Opaque => StatusCode::FORBIDDEN,
    };
    failed(status, Failure::Upgrade(refused))
}

/// Returns FastAPI's own error, without the envelope.
pub(crate) fn framework_error(status: StatusCode, text: &'static str) -> Response {
    failed(status, Failure::Framework(text))
}

/// Phrases the failure of a response; a layer around all routes.
pub(crate) async fn phrase(State(dialect): State<Dialect>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let failure = response.extensions_mut().remove::<Failure>();
    match (dialect, failure) {
        (Dialect::Opaque, _) => opaque(&path, response),
        (_, None) => response,
        (Dialect::Modern, Some(failure)) => modern(response.status(), &path, &failure),
        (Dialect::Documented | Dialect::Observed, Some(failure)) => documented(response.status(), failure),
    }
}

/// Phrases a failure with the backend's envelope or FastAPI's error body.
fn documented(status: StatusCode, failure: Failure) -> Response {
    let body = match failure {
        Failure::Raised { envelope, .. } => envelope,
        Failure::Framework(text) => json!({ "detail": text }),
        Failure::Invalid(problems) => json!({ "detail": problems }),
        Failure::Upgrade(_) => return status.into_response(),
    };
    (status, Json(body)).into_response()
}

/// Phrases a failure as problem details (RFC 9457), with a challenge (RFC 6750) when a credential was refused.
fn modern(status: StatusCode, path: &str, failure: &Failure) -> Response {
    let mut problem = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail(failure),
        "instance": path,
    });
    if let Failure::Invalid(problems) = failure {
        problem["errors"] = Value::Array(problems.clone());
    }
    let form = [(header::CONTENT_TYPE, "application/problem+json")];
    let mut response = (status, form, problem.to_string()).into_response();
    if let Some(challenge) = challenge(failure) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

fn detail(failure: &Failure) -> &str {
    match failure {
        Failure::Raised { error, .. } => error.message(),
        Failure::Framework(text) => text,
        Failure::Invalid(_) => "The request is not valid",
        Failure::Upgrade(Unauthenticated::NoBearer) => "Not authenticated",
        Failure::Upgrade(Unauthenticated::NotValidated) => "Authentication failed",
    }
}

fn challenge(failure: &Failure) -> Option<&'static str> {
    let refused = match failure {
        Failure::Raised { error, .. } => error.refused_credential()?,
        Failure::Upgrade(refused) => *refused,
        Failure::Framework(_) | Failure::Invalid(_) => return None,
    };
    Some(match refused {
        Unauthenticated::NoBearer => CHALLENGE_BARE,
        Unauthenticated::NotValidated => CHALLENGE_INVALID,
    })
}

/// Phrases a failure with the status of `documented` and a body that names no reason.
fn opaque(path: &str, response: Response) -> Response {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let body = match (path, failed) {
        ("/health", false) => r#"{"status":"ok"}"#,
        ("/health", true) => r#"{"status":"not ok"}"#,
        (_, true) => OPAQUE_FAILURE,
        (_, false) => return response,
    };
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
