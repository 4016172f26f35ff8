//! One request to the auth service, and one answer, before they become wire bytes.

use serde_json::{Map, Value};
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

/// What a handler decided; `phrasing` turns it into bytes.
pub(super) struct Answer {
    /// Where statuses carry the decision.
    pub(super) status: u16,
    pub(super) said: Said,
    /// For the journal: yes or no, where the route decides about a credential.
    pub(super) accepted: Option<bool>,
    /// For the journal: why, as a machine word.
    pub(super) reason: Option<&'static str>,
}

/// What there is to say.
pub(super) enum Said {
    /// A document of the route's own.
    Document(Value),
    /// What keeps the route from doing its work, in a sentence. Its status is the same in every dialect.
    Detail(String),
    /// A no to a credential: what is told, and what a service that tells too much says instead.
    Denied { told: String, precise: Option<String> },
}

impl Answer {
    /// An answer that decides about no credential.
    pub(super) fn plain(status: u16, body: Value) -> Self {
        Self { status, said: Said::Document(body), accepted: None, reason: None }
    }

    /// The server's answer for a handler that raised.
    pub(super) fn raised() -> Self {
        Self::detail(500, "internal_error", "Internal Server Error")
    }

    pub(super) fn yes(body: Value) -> Self {
        Self { status: 200, said: Said::Document(body), accepted: Some(true), reason: Some("ok") }
    }

    /// An error that decides about no credential.
    pub(super) fn failed(status: u16, detail: &str) -> Self {
        Self { status, said: Said::Detail(detail.to_owned()), accepted: None, reason: None }
    }

    fn no(status: u16, reason: &'static str, said: Said) -> Self {
        Self { status, said, accepted: Some(false), reason: Some(reason) }
    }

    /// An error of the route's, in a sentence; no dialect turns it into a 200.
    pub(super) fn detail(status: u16, reason: &'static str, detail: &str) -> Self {
        Self::no(status, reason, Said::Detail(detail.to_owned()))
    }

    /// A refused credential.
    pub(super) fn denied(status: u16, reason: &'static str, told: &str) -> Self {
        Self::no(status, reason, Said::Denied { told: told.to_owned(), precise: None })
    }

    /// A refused credential, with what only some services give away.
    pub(super) fn denied_precisely(status: u16, reason: &'static str, told: &str, precise: String) -> Self {
        Self::no(status, reason, Said::Denied { told: told.to_owned(), precise: Some(precise) })
    }
}

/// FastAPI's answer to an unknown path.
pub(super) fn no_such_route(_: &AuthService, _: &Call<'_>) -> Answer {
    Answer::failed(404, "Not Found")
}
