//! How a probe that was not sent yet would end under a fault.

use fivewhys_path::{Outlook, Request, Topology};

use super::declared::request;
use super::hypothesis::Hypothesis;
use crate::config::Target;
use crate::diagnose::model::fault::Fault;
use crate::probe::ProbeKey;

/// A probe as the model sees it.
#[derive(Debug, Clone, Copy)]
pub(in crate::diagnose) struct Asked(Request);

impl Asked {
    /// Returns `None` for a probe that takes no part in the diagnosis.
    pub(in crate::diagnose) fn of(key: &ProbeKey, target: &Target, user: &str) -> Option<Self> {
        let at = target.endpoints.keys().position(|id| *id == key.endpoint)?;
        request(key, target, target.endpoints.get(&key.endpoint)?, at, user).map(Self)
    }
}

/// Returns how the probe would end under this fault.
pub(in crate::diagnose) fn outlook(fault: &Fault, asked: Asked, topology: &Topology) -> Outlook {
    Outlook::of(Hypothesis::Fault(fault).patches(), &asked.0, topology)
}
