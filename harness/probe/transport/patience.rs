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

/// How long a probe waits after an event or frame that was the last one of another probe. Asked during the wait too: the
/// other probe may end meanwhile.
pub(crate) type Silences<'a> = dyn Fn(&str) -> Option<Silence> + Sync + 'a;

/// How long a probe waits after an event or frame that was the last one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Silence {
    /// The name of the event or frame.
    pub(crate) after: String,
    pub(crate) wait: Duration,
    /// The endpoint at which nothing came after it.
    pub(crate) because: String,
}

impl Patience {
    /// Adds to an error that the wait was shortened, and why. `has_begun`: an event or frame came.
    pub(crate) fn explain(&self, error: &mut TransportError, has_begun: bool, limit: Duration) {
        let Some(because) = &self.because else { return };
        let wait = match error.kind {
            ErrorKind::HttpResponseTimeout | ErrorKind::ConnectionTimeout => self.response,
            ErrorKind::StreamTimeout if !has_begun => self.content,
            _ => return,
        };
        if wait < limit {
            let [wait, limit] = [wait, limit].map(|one| one.as_millis());
            let said = format!("; {because} had not answered in {limit} ms, so this probe waited {wait} ms only");
            error.detail.push_str(&said);
        }
    }
}

impl Silence {
    /// Adds to an error that the wait was shortened, and why.
    pub(crate) fn explain(&self, error: &mut TransportError) {
        let Self { after, wait, because } = self;
        let wait = wait.as_millis();
        let said = format!("; {because} had sent nothing after `{after}`, so this probe waited {wait} ms only");
        error.detail.push_str(&said);
    }
}
