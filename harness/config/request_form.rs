//! The form of an endpoint's request, where it is not plain JSON for the base URL of its service.

use url::Url;

/// The form of an endpoint's request. By default: JSON, to the base URL of the service, without credentials of its own.
#[derive(Debug, Clone, Default)]
pub struct RequestForm {
    /// The base URL, if it is not that of the service.
    pub base: Option<Url>,
    /// How the body is written.
    pub body: BodyForm,
    /// HTTP Basic credentials (RFC 7617). Placeholders are replaced as in a body.
    pub basic: Option<Basic>,
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
