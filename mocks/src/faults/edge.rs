//! Faults of the edge: its rules and its settings.

use crate::deployment::{BackendDefect, Deployment, EdgeRule};

pub(crate) fn iam_denied(deployment: &mut Deployment) {
    deployment.backend.public = false;
}

pub(crate) fn strips_authorization(deployment: &mut Deployment) {
    deployment.edge.insert(EdgeRule::StripsAuthorization);
}

pub(crate) fn drops_upgrade(deployment: &mut Deployment) {
    deployment.edge.insert(EdgeRule::DropsUpgrade);
}

pub(crate) fn iam_token_unverifiable(deployment: &mut Deployment) {
    deployment.edge.insert(EdgeRule::VerifiesBearers);
}

pub(crate) fn no_instance(deployment: &mut Deployment) {
    deployment.edge.insert(EdgeRule::Saturated);
}

pub(crate) fn rate_limited(deployment: &mut Deployment) {
    deployment.edge.insert(EdgeRule::Throttles);
}

pub(crate) fn route_drift(deployment: &mut Deployment) {
    deployment.edge.insert(EdgeRule::RoutesToFrontEnd);
}

pub(crate) fn strips_authorization_on_upgrade(deployment: &mut Deployment) {
    deployment.edge.insert(EdgeRule::StripsAuthorizationOnUpgrade);
}

pub(crate) fn waf_denied(deployment: &mut Deployment) {
    deployment.edge.insert(EdgeRule::BrowsersOnly);
}

pub(crate) fn ingress_blocked(deployment: &mut Deployment) {
    deployment.backend.ingress = "internal";
}

/// The fault is the shorter limit. It shows only when the agents take their usual three seconds.
pub(crate) fn timeout(deployment: &mut Deployment) {
    deployment.backend.timeout_seconds = 1;
    deployment.backend_build.insert(BackendDefect::AgentsTakeTheirTime);
}
