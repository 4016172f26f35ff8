//! One entry of a log, redacted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::values::Severity;
use crate::terms::{Hop, Service};

/// One log entry, redacted. Its fields follow Cloud Logging's `LogEntry`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogEntry {
    /// The time of the entry, by the server's clock. If `timed` is false, the time at which the log was read.
    pub at: jiff::Timestamp,
    /// Whether the log says the time. A line without a time of its own has that of the entry before it.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub timed: bool,
    /// The hop that wrote it: a service, or the edge for entries of the platform.
    pub by: Hop,
    /// The text: a line with the lines that continue it, `textPayload`, or the message of a JSON entry. At most 2000
    /// characters.
    pub text: String,
    /// How bad it is, as the writer or the platform says. Absent if neither says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The request, for an entry of a request log or an access log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<LoggedRequest>,
    /// The trace id, usually 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The id of the request, as `x-request-id` has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The revision that wrote it: `resource.labels.revision_name`. A request has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The logger or module that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logger: Option<String>,
    /// The line of the source on which it begins, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// How many entries that differ in ids and numbers only were left out in favour of this one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_yes(flag: &bool) -> bool {
    *flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl LogEntry {
    /// Creates an entry that says no more than its text.
    #[must_use]
    pub fn new(at: jiff::Timestamp, by: Hop, text: impl Into<String>) -> Self {
        let (severity, request, trace, request_id, revision) = (None, None, None, None, None);
        let (text, logger, line) = (text.into(), None, None);
        Self { at, timed: true, by, text, severity, request, trace, request_id, revision, logger, line, left_out: 0 }
    }

    /// Returns the revision that wrote the entry or served its request.
    pub(crate) fn revision(&self) -> Option<&str> {
        let served = self.request.as_ref().and_then(|request| request.revision.as_deref());
        served.or(self.revision.as_deref())
    }

    /// Returns the request if the entry is of the platform's request log.
    pub(crate) fn platform_request(&self) -> Option<&LoggedRequest> {
        self.request.as_ref().filter(|request| request.platform)
    }

    /// Reports whether a component wrote it in its own log. The platform's request log is none.
    pub(crate) fn is_own_line_of(&self, hop: Hop) -> bool {
        self.by == hop && self.platform_request().is_none()
    }
}

/// One line of a request log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoggedRequest {
    /// The service that was called.
    pub service: Service,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The HTTP status.
    pub status: u16,
    /// The `User-Agent` header of the request. Empty if the log does not have it.
    pub user_agent: String,
    /// The revision that served it: `resource.labels.revision_name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// How long it took, in milliseconds, if the log says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u32>,
    /// Whether the platform logged it. The platform sees each request of each service; a proxy or a service sees those
    /// that reach it.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub platform: bool,
}

/// How the `User-Agent` of the requests of fivewhys begins.
const OWN_AGENT: &str = "fivewhys/";

impl LoggedRequest {
    /// Reports whether fivewhys itself sent the request.
    pub(crate) fn is_ours(&self) -> bool {
        self.user_agent.starts_with(OWN_AGENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_an_older_report_is_read() {
        let old = r#"{"at":"2026-11-22T03:00:00Z","by":"edge","text":"","request":
            {"service":"auth","method":"GET","path":"/","status":200,"user_agent":"x"}}"#;
        let entry: LogEntry = serde_json::from_str(old).expect("an entry");
        assert!(entry.timed && entry.platform_request().is_some());
        let again = serde_json::to_string(&entry).expect("JSON");
        assert!(!again.contains("timed") && !again.contains("platform") && !again.contains("left_out"), "{again}");
    }
}
