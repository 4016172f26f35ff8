//! Trace ids as they travel in request headers.

use hyper::HeaderMap;
use uuid::Uuid;

/// The 32 lower-case hex digits of a trace id.
#[derive(Clone, Debug)]
pub(crate) struct TraceId(String);

impl TraceId {
    /// The trace that the caller named in `traceparent` (W3C) or `x-cloud-trace-context`, if it is well-formed.
    pub(crate) fn sent_by_caller(headers: &HeaderMap) -> Option<Self> {
        let parent = headers.get("traceparent").and_then(|v| v.to_str().ok()).and_then(|v| v.split('-').nth(1));
        let cloud = headers.get("x-cloud-trace-context").and_then(|v| v.to_str().ok());
        let id = parent.or_else(|| cloud.and_then(|v| v.split('/').next()))?;
        let hex = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        hex.then(|| Self(id.to_ascii_lowercase()))
    }

    /// A fresh one, as the platform assigns it.
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4().simple().to_string())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
