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
    /// `run.ingress`.
    NoIngress,
    /// `run.no_instance.max`.
    NoInstance,
    /// `run.timeout`.
    UpstreamTimeout,
    /// The firewall's `deny(403)` (edge-signatures 2.2).
    FirewallDenied,
    /// The firewall's throttle: the same page with 429.
    FirewallThrottled,
}

/// As captured: a space, not a comma, between the parameters.
const CHALLENGE: &str = "Bearer error=\"invalid_token\" error_description=\"The access token could not be verified\"";

impl Page {
    /// Whether the firewall says it, rather than the platform behind it.
    pub(super) const fn is_the_firewalls(&self) -> bool {
        matches!(self, Self::FirewallDenied | Self::FirewallThrottled)
    }

    /// What the load balancer's own log says of the firewall's pages: `statusDetails` and the action (edge-signatures 2.1).
    pub(super) const fn verdict(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::FirewallDenied => Some(("denied_by_security_policy", "DENY")),
            Self::FirewallThrottled => Some(("throttled_by_security_policy", "THROTTLE")),
            _ => None,
        }
    }

    /// The `textPayload` of the request log entry. `None` for what gets into no log of the service: the firewall's pages, and the
    /// 404 of a closed ingress (edge-signatures 1.1: "you can't find the 404 in Cloud Logging").
    pub(super) const fn log_text(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoIngress | Self::FirewallDenied | Self::FirewallThrottled => return None,
            Self::NoInstance => {
                "The request was aborted because there was no available instance. Additional troubleshooting \
                 documentation can be found at: https://cloud.google.com/run/docs/troubleshooting#abort-request"
            }
            Self::UpstreamTimeout => {
                "The request has been terminated because it has reached the maximum request timeout. To change this \
                 limit, see https://cloud.google.com/run/docs/configuring/request-timeout"
            }
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
        })
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
            Self::NoIngress => {
                let sentence = "The requested URL was not found on this server.";
                (StatusCode::NOT_FOUND, html, document("404 Page not found", "Error: Page not found", sentence))
                    .into_response()
            }
            Self::NoInstance => {
                (StatusCode::TOO_MANY_REQUESTS, [(header::CONTENT_TYPE, "text/html")], "Rate exceeded.").into_response()
            }
            Self::UpstreamTimeout => {
                let text = [(header::CONTENT_TYPE, "text/plain")];
                (StatusCode::GATEWAY_TIMEOUT, text, "upstream request timeout").into_response()
            }
            Self::FirewallDenied => (StatusCode::FORBIDDEN, html, firewall("403", "Forbidden")).into_response(),
            Self::FirewallThrottled => {
                (StatusCode::TOO_MANY_REQUESTS, html, firewall("429", "Too Many Requests")).into_response()
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

/// The firewall's page; with 403 it has the 134 bytes of the captures.
fn firewall(status: &str, reason: &str) -> String {
    format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <title>{status}</title>{status} {reason}"
    )
}

/// A path is hostile text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
