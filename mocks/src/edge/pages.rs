//! The pages that the platform sends instead of the backend's response: HTML, without a header of the application.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A page of the platform or of its firewall.
pub(crate) enum Page {
    /// The invoker check found no credential: 403.
    IamMissing { path: String },
    /// The invoker check found a token that Google did not sign: 401.
    IamUnverifiable,
    /// No instance is up, or the connection to it broke: 503.
    BadResponse,
    /// The service takes no traffic from outside: 404.
    NoIngress,
    /// All instances are busy and no more may start: 429.
    NoInstance,
    /// The backend did not answer within the request timeout: 504.
    UpstreamTimeout,
    /// The firewall's action `deny(403)`.
    FirewallDenied,
    /// The firewall's action `throttle`: 429.
    FirewallThrottled,
}

/// The challenge of Cloud Run: a space, not a comma, stands between the parameters.
const CHALLENGE: &str = "Bearer error=\"invalid_token\" error_description=\"The access token could not be verified\"";

impl Page {
    /// Reports whether the firewall sends the page, rather than the platform behind it.
    pub(crate) const fn is_of_firewall(&self) -> bool {
        matches!(self, Self::FirewallDenied | Self::FirewallThrottled)
    }

    /// Returns `statusDetails` and the action that the load balancer's log gives for a page of the firewall.
    pub(crate) const fn firewall_verdict(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::FirewallDenied => Some(("denied_by_security_policy", "DENY")),
            Self::FirewallThrottled => Some(("throttled_by_security_policy", "THROTTLE")),
            _ => None,
        }
    }

    /// Returns the `textPayload` of the request log entry.
    ///
    /// `None` for pages without an entry in the service's log: the firewall's pages, and the 404 of a closed ingress.
    /// Cloud Run's troubleshooting page says of that 404 that Cloud Logging does not show it.
    pub(crate) const fn log_text(&self) -> Option<&'static str> {
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

    /// Returns the page as a response.
    pub(crate) fn response(&self) -> Response {
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

/// Returns the firewall's page. With 403 it has 134 bytes, as Cloud Armor's page has.
fn firewall(status: &str, reason: &str) -> String {
    format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <title>{status}</title>{status} {reason}"
    )
}

/// Escapes a path, which may hold HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
