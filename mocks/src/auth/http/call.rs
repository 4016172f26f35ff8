//! One request to the auth service, and the answer to it before it becomes bytes.

use serde_json::{Map, Value};
use wiremock::Request;

use crate::logs::shortened;

/// One request. Nothing in it is trusted.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
}

impl<'a> Call<'a> {
    /// Returns a header when it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.request.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the credential of `Authorization: Bearer`.
    pub(crate) fn bearer(&self) -> Option<&'a str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
    }

    /// Returns the body when it is a JSON object.
    pub(crate) fn json(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.request.body).ok()
    }

    /// Returns the token from `Authorization` or from the body.
    pub(crate) fn presented_token(&self) -> Option<String> {
        let from_body = || {
            let body = self.json()?;
            let token = ["token", "access_token"].iter().find_map(|name| body.get(*name))?;
            token.as_str().map(str::to_owned)
        };
        self.bearer().map(str::to_owned).or_else(from_body)
    }

    /// Returns `X-Service-ID`, shortened for logs and journal.
    pub(crate) fn caller(&self) -> Option<String> {
        self.header("x-service-id").map(shortened)
    }
}

/// The decision of a handler; `phrasing` turns it into bytes.
pub(crate) struct Answer {
    /// The status in dialects whose statuses carry the decision.
    pub(crate) status: u16,
    pub(crate) content: Content,
    /// For the journal: whether the credential was accepted. `None` for routes that judge no credential.
    pub(crate) accepted: Option<bool>,
    /// For the journal: the reason as a machine word.
    pub(crate) reason: Option<&'static str>,
}

/// The content of an answer.
pub(crate) enum Content {
    /// A document of the route.
    Document(Value),
    /// An error in a sentence. Its status is the same in every dialect.
    Detail(String),
    /// A refused credential: the usual message, and the precise one that only `observed` discloses.
    Denied { message: String, precise: Option<String> },
}

impl Answer {
    /// Makes an answer that judges no credential.
    pub(crate) fn plain(status: u16, body: Value) -> Self {
        Self { status, content: Content::Document(body), accepted: None, reason: None }
    }

    /// Makes the server's answer for a handler that raised an exception.
    pub(crate) fn raised() -> Self {
        Self::detail(500, "internal_error", "Internal Server Error")
    }

    /// Makes an answer that accepts a credential.
    pub(crate) fn accepted(body: Value) -> Self {
        Self { status: 200, content: Content::Document(body), accepted: Some(true), reason: Some("ok") }
    }

    /// Makes an error that judges no credential.
    pub(crate) fn failed(status: u16, detail: &str) -> Self {
        Self { status, content: Content::Detail(detail.to_owned()), accepted: None, reason: None }
    }

    fn refused(status: u16, reason: &'static str, content: Content) -> Self {
        Self { status, content, accepted: Some(false), reason: Some(reason) }
    }

    /// Makes an error that refuses a credential with the same status in every dialect.
    pub(crate) fn detail(status: u16, reason: &'static str, detail: &str) -> Self {
        Self::refused(status, reason, Content::Detail(detail.to_owned()))
    }

    /// Makes an answer that refuses a credential.
    pub(crate) fn denied(status: u16, reason: &'static str, message: &str) -> Self {
        Self::refused(status, reason, Content::Denied { message: message.to_owned(), precise: None })
    }

    /// Makes an answer that refuses a credential, with the precise message of `observed`.
    pub(crate) fn denied_precisely(status: u16, reason: &'static str, message: &str, precise: String) -> Self {
        Self::refused(status, reason, Content::Denied { message: message.to_owned(), precise: Some(precise) })
    }
}
