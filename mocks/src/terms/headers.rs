//! Request headers that several components read: trace ids, and the `User-Agent` of the backend's HTTP client.

use hyper::HeaderMap;
use uuid::Uuid;

/// The `User-Agent` of the real backend's HTTP client; the journal recognises the backend's calls by it.
pub(crate) const BACKEND_USER_AGENT: &str = "python-httpx/0.28.1";

/// A trace id: 32 lower-case hex digits.
#[derive(Clone, Debug)]
pub(crate) struct TraceId(String);

impl TraceId {
    /// Reads the caller's trace from `traceparent` (W3C Trace Context) or `x-cloud-trace-context`.
    ///
    /// Returns `None` when the id is absent or malformed.
    pub(crate) fn sent_by_caller(headers: &HeaderMap) -> Option<Self> {
        let parent = headers.get("traceparent").and_then(|v| v.to_str().ok()).and_then(|v| v.split('-').nth(1));
        let cloud = headers.get("x-cloud-trace-context").and_then(|v| v.to_str().ok());
        let id = parent.or_else(|| cloud.and_then(|v| v.split('/').next()))?;
        let hex = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        hex.then(|| Self(id.to_ascii_lowercase()))
    }

    /// Returns a fresh id, as the platform assigns one to a request without a trace.
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4().simple().to_string())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
