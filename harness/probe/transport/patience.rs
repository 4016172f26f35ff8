//! How long a probe waits for a response or for its content, where that is less than the limit of a probe.

use std::time::Duration;

use crate::probe::{ErrorKind, TransportError};

/// How long a probe may wait, and why that is less than its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For the status line.
    pub(crate) response: Duration,
    /// For the first event or frame of a stream.
    pub(crate) content: Duration,
    /// The endpoint at which the service hung before.
    pub(crate) because: Option<String>,
}

impl Patience {
    /// Adds to an error that the wait was shortened, and why.
    pub(crate) fn explain(&self, error: &mut TransportError, limit: Duration) {
        let Some(because) = &self.because else { return };
        let wait = match error.kind {
            ErrorKind::HttpResponseTimeout | ErrorKind::ConnectionTimeout => self.response,
            ErrorKind::StreamTimeout => self.content,
            _ => return,
        };
        if wait < limit {
            let [wait, limit] = [wait, limit].map(|one| one.as_millis());
            let said = format!("; {because} had not answered in {limit} ms, so this probe waited {wait} ms only");
            error.detail.push_str(&said);
        }
    }
}
