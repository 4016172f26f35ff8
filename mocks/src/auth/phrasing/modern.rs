//! `modern`: problem details (RFC 9457), and a challenge (RFC 6750) where it was the token that was refused.

use reqwest::StatusCode;
use serde_json::json;

use super::super::call::{Answer, Said};
use super::{Phrased, documented};

pub(super) fn phrased(answer: &Answer) -> Phrased {
    let (Said::Detail(detail) | Said::Denied { told: detail, .. }) = &answer.said else { return documented(answer) };
    let title = StatusCode::from_u16(answer.status).ok().and_then(|status| status.canonical_reason());
    let problem = json!({ "type": "about:blank", "title": title, "status": answer.status, "detail": detail });
    let mut phrased = Phrased::json(answer.status, problem);
    phrased.content_type = "application/problem+json";
    phrased.headers.extend(challenge(answer).map(|challenge| ("www-authenticate", challenge)));
    phrased
}

/// None for a refused caller: no bearer would help it.
fn challenge(answer: &Answer) -> Option<&'static str> {
    match (answer.status, answer.reason) {
        (401, Some("invalid_token")) => {
            Some(r#"Bearer error="invalid_token", error_description="The access token is invalid or expired""#)
        }
        (401, Some("missing_token")) => Some("Bearer"),
        _ => None,
    }
}
