//! The platform's request log: one entry per request, also for requests that no instance handled.

use std::time::Duration;

use serde_json::{Value, json};

use crate::deployment::PROJECT;
use crate::terms::TraceId;

/// One request, with the fields of Cloud Logging's `HttpRequest`.
pub(crate) struct RequestRecord {
    pub(crate) method: String,
    /// The absolute URL, with tokens in its query redacted.
    pub(crate) url: String,
    pub(crate) status: u16,
    pub(crate) user_agent: String,
    pub(crate) latency: Duration,
    pub(crate) trace: Option<TraceId>,
    /// The platform's message; present only when the platform itself answered.
    pub(crate) platform_says: Option<&'static str>,
}

impl RequestRecord {
    pub(crate) fn fields(&self) -> Vec<(&'static str, Value)> {
        let mut fields = vec![("httpRequest", self.http_request())];
        if let Some(trace) = &self.trace {
            fields.push(("trace", json!(format!("projects/{PROJECT}/traces/{}", trace.as_str()))));
        }
        if let Some(text) = self.platform_says {
            fields.push(("textPayload", json!(text)));
        }
        fields
    }

    fn http_request(&self) -> Value {
        json!({
            "latency": format!("{:.6}s", self.latency.as_secs_f64()),
            "protocol": "HTTP/1.1",
            "remoteIp": "127.0.0.1",
            "requestMethod": self.method,
            "requestUrl": self.url,
            "status": self.status,
            "userAgent": self.user_agent,
        })
    }
}

/// Returns a request target without its tokens: `?token=` may carry a credential, and no log may hold one.
pub(crate) fn redacted_target(path: &str, query: Option<&str>) -> String {
    let Some(query) = query else { return path.to_owned() };
    let kept: Vec<_> = query.split('&').map(redacted_pair).collect();
    format!("{path}?{}", kept.join("&"))
}

fn redacted_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("token") => format!("{name}=REDACTED"),
        _ => pair.to_owned(),
    }
}

/// Removes control characters and keeps the first 80: text from outside goes into log lines.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
