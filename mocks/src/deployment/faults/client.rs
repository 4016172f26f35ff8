//! What our own side was told wrongly, or was not told in time.

use super::super::{BackendDefect, Deployment, Told};
use jiff::SignedDuration;

use super::super::plan::{JWT_SECRET, OLDER, ROTATED};
use super::super::random_secret;

pub(crate) fn claims_rejected(deployment: &mut Deployment) {
    deployment.client.issuer = "netra-staging-tests";
}

/// Both services were moved off the old version long ago.
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
    deployment.client.told = Told::AnotherSite;
}

/// Ours is right; seen from here it makes no difference.
pub(crate) fn clock_skew(deployment: &mut Deployment) {
    deployment.clock.ahead = SignedDuration::from_mins(-10);
}
