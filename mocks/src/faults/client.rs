//! Faults of the client: wrong or outdated settings.

use jiff::SignedDuration;

use crate::deployment::{BackendDefect, Deployment, GivenAddress, JWT_SECRET, OLDER, ROTATED, random_secret};

pub(crate) fn claims_rejected(deployment: &mut Deployment) {
    deployment.client.issuer = "netra-staging-tests";
}

/// No service reads the old version any more.
pub(crate) fn service_credentials_stale(deployment: &mut Deployment) {
    deployment.client.service_secret_version = OLDER;
}

pub(crate) fn wrong_signing_secret(deployment: &mut Deployment) {
    deployment.secrets.put(JWT_SECRET, ROTATED, random_secret());
    deployment.auth.repoint("JWT_SECRET_KEY", ROTATED);
    deployment.backend.repoint("JWT_SECRET_KEY", ROTATED);
}

pub(crate) fn request_schema(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::DemandsSessionId);
}

pub(crate) fn unknown_user(deployment: &mut Deployment) {
    deployment.usual_user_deleted = true;
}

pub(crate) fn wrong_base_url(deployment: &mut Deployment) {
    deployment.client.address = GivenAddress::AnotherSite;
}

/// The client's clock cannot be moved. A client observes the same difference when the services are behind.
pub(crate) fn clock_skew(deployment: &mut Deployment) {
    deployment.clock.ahead = SignedDuration::from_mins(-10);
}
