//! The time during which a probe was running.

use jiff::Timestamp;

use crate::config::Target;
use crate::diagnose::logs::attribution::JoinedBy;
use crate::evidence::LogEntry;
use crate::terms::Hop;

/// The time during which a probe was running, up to the next probe.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(super) from: Timestamp,
    /// When the probe ended.
    pub(super) ended: Timestamp,
    /// Until when an entry belongs to the probe.
    pub(super) to: Timestamp,
    pub(super) trace: String,
    /// The ids that the response gave to this probe and to no other.
    pub(super) request_ids: Vec<String>,
    pub(super) exchange: u32,
    pub(super) endpoint: String,
    pub(super) kind: WindowKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WindowKind {
    /// A call through the edge that must succeed, and failed.
    Failing,
    /// A call directly at the backend that must succeed, and failed.
    FailingDirectly,
    /// A validation by the auth service itself that must succeed, and failed.
    FailingAtAuth,
    /// Any other probe.
    Other,
}

impl Window {
    /// Reports whether an entry carries the trace id or a request id of this probe.
    pub(crate) fn is_traced(&self, entry: &LogEntry) -> bool {
        self.joined_by_id(entry).is_some()
    }

    pub(super) fn joined_by_id(&self, entry: &LogEntry) -> Option<JoinedBy> {
        let is_given = |id: &Option<String>| id.as_ref().is_some_and(|id| self.request_ids.contains(id));
        if entry.trace.as_deref() == Some(self.trace.as_str()) || is_given(&entry.trace) {
            return Some(JoinedBy::TraceId);
        }
        is_given(&entry.request_id).then_some(JoinedBy::RequestId)
    }

    pub(super) fn by_a_clock(self, ahead: jiff::SignedDuration) -> Option<Self> {
        let by_it = |at: Timestamp| at.checked_add(ahead).ok();
        Some(Self { from: by_it(self.from)?, ended: by_it(self.ended)?, to: by_it(self.to)?, ..self })
    }

    pub(super) fn ms(&self) -> f64 {
        self.to.duration_since(self.from).as_secs_f64() * 1000.0
    }

    /// Returns the kinds of windows that count for lines of this component.
    pub(super) const fn kinds(by: Hop) -> &'static [WindowKind] {
        match by {
            Hop::Auth => &[WindowKind::Failing, WindowKind::FailingDirectly, WindowKind::FailingAtAuth],
            _ => &[WindowKind::Failing, WindowKind::FailingDirectly],
        }
    }

    /// Returns the time between an entry and the probe: zero for an entry that was written during the probe.
    pub(crate) fn distance(&self, entry: &LogEntry) -> jiff::SignedDuration {
        let (early, late) = (self.from.duration_since(entry.at), entry.at.duration_since(self.ended));
        early.max(late).max(jiff::SignedDuration::ZERO)
    }

    /// Returns the exchange of the probe.
    pub(crate) const fn exchange(&self) -> u32 {
        self.exchange
    }

    /// Returns the path that was called.
    pub(crate) fn path<'t>(&self, target: &'t Target) -> Option<&'t str> {
        target.endpoints.get(&self.endpoint).map(|endpoint| endpoint.path.as_str())
    }
}
