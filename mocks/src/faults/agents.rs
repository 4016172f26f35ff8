//! Faults of the agents behind the backend.

use crate::deployment::{BackendDefect, Deployment};

pub(crate) fn canned_fallback(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::AgentsFallBack);
}

pub(crate) fn no_events(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::AgentsAbsent);
}

pub(crate) fn timeout(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::AgentsTimeOut);
}
