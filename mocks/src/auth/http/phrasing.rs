//! Turns an answer into the bytes of a dialect. Handlers decide; this module only phrases.

use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::call::{Answer, Content};
use crate::terms::{Dialect, OPAQUE_FAILURE};

/// A response: status, headers and body.
pub(crate) struct Phrased {
    pub(crate) status: u16,
    headers: Vec<(&'static str, &'static str)>,
    content_type: &'static str,
    body: Value,
}

/// The headers that name the service.
const NAMED: [(&str, &str); 2] = [("x-service-name", "auth-service"), ("x-service-version", "1.0.0")];

/// Phrases an answer of `route` in `dialect`.
pub(crate) fn phrased(dialect: Dialect, route: &str, answer: &Answer) -> Phrased {
    match dialect {
        Dialect::Documented => documented(answer),
        Dialect::Observed => observed(route, answer),
        Dialect::Modern => modern(answer),
        Dialect::Opaque => opaque(route, answer),
    }
}

/// Phrases an answer with FastAPI's error body, `{"detail": ...}`.
fn documented(answer: &Answer) -> Phrased {
    let body = match &answer.content {
        Content::Document(document) => document.clone(),
        Content::Detail(text) | Content::Denied { message: text, .. } => json!({ "detail": text }),
    };
    Phrased::json(answer.status, body)
}

/// Phrases a refusal as the real service does: 200 with a machine word. Other errors keep their status.
fn observed(route: &str, answer: &Answer) -> Phrased {
    let Content::Denied { message, precise } = &answer.content else { return documented(answer) };
    let message = precise.as_ref().unwrap_or(message);
    let body = match route {
        "/auth/validate" => json!({ "valid": false, "error": answer.reason, "message": message }),
        "/auth/check-blacklist" => json!({ "blacklisted": false, "error": answer.reason, "message": message }),
        _ => json!({ "valid": false, "error": message }),
    };
    Phrased::json(200, body)
}

/// Phrases an error as problem details (RFC 9457), with a challenge (RFC 6750) when the token was refused.
fn modern(answer: &Answer) -> Phrased {
    let (Content::Detail(detail) | Content::Denied { message: detail, .. }) = &answer.content else {
        return documented(answer);
    };
    let title = StatusCode::from_u16(answer.status).ok().and_then(|status| status.canonical_reason());
    let problem = json!({ "type": "about:blank", "title": title, "status": answer.status, "detail": detail });
    let mut phrased = Phrased::json(answer.status, problem);
    phrased.content_type = "application/problem+json";
    phrased.headers.extend(challenge(answer).map(|challenge| ("www-authenticate", challenge)));
    phrased
}

/// Returns the challenge. A refused caller gets none: another token would not help it.
fn challenge(answer: &Answer) -> Option<&'static str> {
    match (answer.status, answer.reason) {
        (401, Some("invalid_token")) => {
            Some(r#"Bearer error="invalid_token", error_description="The access token is invalid or expired""#)
        }
        (401, Some("missing_token")) => Some("Bearer"),
        _ => None,
    }
}

/// Phrases an error with the status of `documented` and a body that names neither reason nor component.
fn opaque(route: &str, answer: &Answer) -> Phrased {
    let body = match &answer.content {
        Content::Document(_) if route == "/health" => {
            json!({ "status": if answer.status < 400 { "ok" } else { "not ok" } })
        }
        Content::Document(document) if answer.status < 400 => document.clone(),
        _ => serde_json::from_str(OPAQUE_FAILURE).unwrap_or(Value::Null),
    };
    Phrased { headers: Vec::new(), body, ..documented(answer) }
}

impl Phrased {
    fn json(status: u16, body: Value) -> Self {
        Self { status, headers: NAMED.to_vec(), content_type: "application/json", body }
    }

    /// Makes the response that wiremock sends.
    pub(crate) fn into_template(self) -> ResponseTemplate {
        let named = self.headers.into_iter();
        let template = ResponseTemplate::new(self.status);
        let template = named.fold(template, |template, (name, value)| template.append_header(name, value));
        template.set_body_raw(self.body.to_string(), self.content_type)
    }
}
