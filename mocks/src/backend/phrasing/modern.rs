//! `modern`: problem details (RFC 9457), and with a 401 the challenge of RFC 6750.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Failure, Unauthenticated};

/// RFC 6750 3.1: no error code where no credential was sent.
const BARE: &str = "Bearer";
const INVALID: &str = r#"Bearer error="invalid_token", error_description="The access token is invalid or expired""#;

pub(super) fn phrased(status: StatusCode, path: &str, failure: &Failure) -> Response {
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
        Unauthenticated::NoBearer => BARE,
        Unauthenticated::NotValidated => INVALID,
    })
}
