//! The form of an endpoint's request, where it is not plain JSON for the base URL of its service.

use regex::Regex;
use serde_json_path::JsonPath;
use url::Url;

use crate::document::JsonMatch;

/// The form of an endpoint's request. By default: JSON, to the base URL of the service, without credentials of its own.
#[derive(Debug, Clone, Default)]
pub struct RequestForm {
    /// The base URL, if it is not that of the service.
    pub base: Option<Url>,
    /// How the body is written.
    pub body: BodyForm,
    /// HTTP Basic credentials (RFC 7617). Placeholders are replaced as in a body.
    pub basic: Option<Basic>,
    /// The name of the cookie for the token location `cookie`.
    pub token_cookie: Option<String>,
    /// Role `issuer`: the name of the cookie that is the token.
    pub issued_cookie: Option<String>,
    /// How a refusal of the credential is recognised, where its status alone does not say so.
    pub refusal: Option<Refusal>,
    /// The id of the endpoint whose response names the address of this one (OpenID Connect Discovery 1.0, section 4).
    pub discovery: Option<String>,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BodyForm {
    /// JSON (RFC 8259).
    #[default]
    Json,
    /// `application/x-www-form-urlencoded` (WHATWG URL, section 5).
    Form,
    /// `multipart/form-data` (RFC 7578).
    Multipart,
    /// Text, as it is.
    Text,
    /// Bytes, written as base64 in the target file.
    Binary,
}

/// HTTP Basic credentials, with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basic {
    /// The user, or the id of the client.
    pub user: String,
    /// The password.
    pub password: String,
    /// Whether both are form-encoded before they are joined, as RFC 6749, section 2.3.1, asks of OAuth clients.
    pub is_form_encoded: bool,
}

/// How a refusal of the credential is recognised. Every given condition must hold.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    /// The status codes. Empty allows every one.
    pub status: Vec<u16>,
    /// Header names in lower case, each with a pattern in which `*` matches any text.
    pub headers: Vec<(String, String)>,
    /// Texts that the body must contain.
    pub text: Vec<String>,
    /// Conditions on the JSON of the body.
    pub json: Vec<JsonMatch>,
}

impl Refusal {
    /// Reports whether it has no condition.
    pub(crate) const fn is_empty(&self) -> bool {
        self.status.is_empty() && self.headers.is_empty() && self.text.is_empty() && self.json.is_empty()
    }
}

/// Where a token against cross-site request forgery comes from. It replaces `{csrf}` in bodies, headers and queries.
#[derive(Debug, Clone)]
pub struct Csrf {
    /// The id of the endpoint whose response has the token.
    pub endpoint: String,
    /// Where it is in that response.
    pub place: CsrfPlace,
}

/// The place of a token in a response.
#[derive(Debug, Clone)]
pub enum CsrfPlace {
    /// A place in JSON.
    Json(JsonPath),
    /// The first group of a pattern in the body.
    Pattern(Regex),
    /// The value of a cookie that the response sets, or that the session has.
    Cookie(String),
    /// The value of a header.
    Header(String),
}

impl BodyForm {
    /// Returns the media type that a request has by default. `None`: it depends on the request.
    pub(crate) const fn media_type(self) -> Option<&'static str> {
        match self {
            Self::Json => Some("application/json"),
            Self::Form => Some("application/x-www-form-urlencoded"),
            Self::Multipart => None,
            Self::Text => Some("text/plain; charset=utf-8"),
            Self::Binary => Some("application/octet-stream"),
        }
    }
}
