//! One request to the auth service, and one answer, before they become wire bytes.

use serde_json::{Map, Value, json};
use wiremock::Request;

use super::AuthService;

/// A request, read defensively.
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
}

impl<'a> Call<'a> {
    /// A header's value, when it is text.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.request.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The credential of `Authorization: Bearer`.
    pub(super) fn bearer(&self) -> Option<&'a str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
    }

    /// The body as a JSON object; `None` for anything else.
    pub(super) fn json(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.request.body).ok()
    }

    /// The token, as a bearer or in the body.
    pub(super) fn presented_token(&self) -> Option<String> {
        let from_body = || {
            let body = self.json()?;
            let token = ["token", "access_token"].iter().find_map(|name| body.get(*name))?;
            token.as_str().map(str::to_owned)
        };
        self.bearer().map(str::to_owned).or_else(from_body)
    }

    /// The `X-Service-ID`, shortened: it goes into logs and the journal.
    pub(super) fn caller(&self) -> Option<String> {
        self.header("x-service-id").map(shortened)
    }
}

/// Hostile text fit for a log line.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// What a handler decided.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    /// For the journal: yes or no, where the route decides about a credential.
    pub(super) accepted: Option<bool>,
    /// For the journal: why, as a machine word.
    pub(super) reason: Option<&'static str>,
}

impl Answer {
    /// An answer that decides about no credential.
    pub(super) fn plain(status: u16, body: Value) -> Self {
        Self { status, body, accepted: None, reason: None }
    }

    pub(super) fn yes(body: Value) -> Self {
        Self { status: 200, body, accepted: Some(true), reason: Some("ok") }
    }

    pub(super) fn no(status: u16, reason: &'static str, body: Value) -> Self {
        Self { status, body, accepted: Some(false), reason: Some(reason) }
    }

    /// FastAPI's error body.
    pub(super) fn detail(status: u16, reason: &'static str, detail: &str) -> Self {
        Self::no(status, reason, json!({ "detail": detail }))
    }
}

/// FastAPI's answer to an unknown path.
pub(super) fn no_such_route(_: &AuthService, _: &Call<'_>) -> Answer {
    Answer::plain(404, json!({ "detail": "Not Found" }))
}
