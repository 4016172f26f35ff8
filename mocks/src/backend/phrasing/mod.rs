//! How the backend puts its failures into bytes. Handlers leave a [`Failure`] in an empty answer; the outermost layer but one
//! says it in the words of the dialect.

mod modern;
mod opaque;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Backend;
use super::envelope::ApiError;
use super::websocket::SocketRefusal;
use crate::Dialect;

/// Why a credential is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unauthenticated {
    /// Nobody saw one.
    NoBearer,
    /// It was looked at, and not validated, for whatever reason.
    NotValidated,
}

/// What went wrong, before it is phrased.
#[derive(Clone)]
pub(super) enum Failure {
    /// Raised by a handler, in the backend's own envelope.
    Raised { error: ApiError, envelope: Value },
    /// FastAPI's own, outside of the envelope.
    Framework(&'static str),
    /// FastAPI's list of problems with a request.
    Invalid(Vec<Value>),
    /// An upgrade that is refused without a word.
    Upgrade(Unauthenticated),
}

/// An empty answer that carries its failure.
pub(super) fn failed(status: StatusCode, failure: Failure) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(failure);
    response
}

/// The status of a refused credential.
pub(super) const fn status_of(dialect: Dialect, refused: Unauthenticated) -> StatusCode {
    match (dialect, refused) {
        (Dialect::Documented | Dialect::Opaque, Unauthenticated::NoBearer)
        | (Dialect::Observed, Unauthenticated::NotValidated)
        | (Dialect::Modern, _) => StatusCode::UNAUTHORIZED,
        (Dialect::Documented | Dialect::Opaque, Unauthenticated::NotValidated)
        | (Dialect::Observed, Unauthenticated::NoBearer) => StatusCode::FORBIDDEN,
    }
}

/// Whether a socket is accepted before it is authenticated, so that a refusal is a frame and a close.
pub(super) const fn refuses_in_frames(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Observed)
}

/// A refused upgrade.
pub(super) fn refused_upgrade(dialect: Dialect, refusal: &SocketRefusal) -> Response {
    let refused = match refusal {
        SocketRefusal::NoToken => Unauthenticated::NoBearer,
        SocketRefusal::InvalidFormat { .. } | SocketRefusal::NotValidated { .. } => Unauthenticated::NotValidated,
    };
    // Starlette's way of old, whatever the reason.
    let status = match dialect {
        Dialect::Modern => status_of(dialect, refused),
        Dialect::Documented | Dialect::Observed | Dialect::Opaque => StatusCode::FORBIDDEN,
    };
    failed(status, Failure::Upgrade(refused))
}

/// The layer.
pub(super) async fn phrase(State(backend): State<Arc<Backend>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let failure = response.extensions_mut().remove::<Failure>();
    match (backend.dialect, failure) {
        (Dialect::Opaque, _) => opaque::phrased(&path, response),
        (_, None) => response,
        (Dialect::Modern, Some(failure)) => modern::phrased(response.status(), &path, &failure),
        (Dialect::Documented | Dialect::Observed, Some(failure)) => documented(response.status(), failure),
    }
}

fn documented(status: StatusCode, failure: Failure) -> Response {
    let body = match failure {
        Failure::Raised { envelope, .. } => envelope,
        Failure::Framework(text) => json!({ "detail": text }),
        Failure::Invalid(problems) => json!({ "detail": problems }),
        Failure::Upgrade(_) => return status.into_response(),
    };
    (status, Json(body)).into_response()
}
