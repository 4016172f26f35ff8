//! The platform's own answers: HTML, no trace of the application (edge-signatures 1.1).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What the platform answers in the backend's place.
pub(super) enum Page {
    /// `run.iam.missing`.
    IamMissing { path: String },
    /// `run.iam.unverifiable`.
    IamUnverifiable,
    /// `run.bad_response`: nobody there, or the connection broke.
    BadResponse,
}

/// As captured: a space, not a comma, between the parameters.
const CHALLENGE: &str = "Bearer error=\"invalid_token\" error_description=\"The access token could not be verified\"";

impl Page {
    /// The `textPayload` of the request log entry.
    pub(super) const fn log_text(&self) -> &'static str {
        match self {
            Self::IamMissing { .. } | Self::IamUnverifiable => {
                "The request was not authenticated. Either allow unauthenticated invocations or set the proper \
                 Authorization header. Read more at https://cloud.google.com/run/docs/securing/authenticating \
                 Additional troubleshooting documentation can be found at: \
                 https://cloud.google.com/run/docs/troubleshooting#unauthorized-client"
            }
            Self::BadResponse => {
                "The request failed because either the HTTP response was malformed or connection to the instance had \
                 an error. Additional troubleshooting documentation can be found at: \
                 https://cloud.google.com/run/docs/troubleshooting#malformed-response-or-connection-error"
            }
        }
    }

    pub(super) fn response(&self) -> Response {
        let html = [(header::CONTENT_TYPE, "text/html; charset=UTF-8")];
        match self {
            Self::IamMissing { path } => {
                let sentence = format!(
                    "Your client does not have permission to get URL <code>{}</code> from this server.",
                    escaped(path)
                );
                (StatusCode::FORBIDDEN, html, document("403 Forbidden", "Error: Forbidden", &sentence)).into_response()
            }
            Self::IamUnverifiable => {
                let sentence = "Your client does not have permission to the requested URL.";
                let body = document("401 Unauthorized", "Error: Unauthorized", sentence);
                let mut response = (StatusCode::UNAUTHORIZED, html, body).into_response();
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
                response
            }
            Self::BadResponse => {
                let body = "<html><head><title>503 Service Unavailable</title></head><body>Service \
                            Unavailable</body></html>\n";
                (StatusCode::SERVICE_UNAVAILABLE, html, body).into_response()
            }
        }
    }
}

fn document(title: &str, heading: &str, sentence: &str) -> String {
    format!(
        "\n<html><head>\n<meta http-equiv=\"content-type\" content=\"text/html;charset=utf-8\">\n\
         <title>{title}</title>\n</head>\n<body text=#000000 bgcolor=#ffffff>\n<h1>{heading}</h1>\n\
         <h2>{sentence}</h2>\n<h2></h2>\n</body></html>\n"
    )
}

/// A path is hostile text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
