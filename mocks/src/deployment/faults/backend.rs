//! The backend's settings and the defects of its deployed build.

use super::super::Deployment;

pub(crate) fn crashing(deployment: &mut Deployment) {
    deployment.backend.memory_mib = 256;
}

pub(crate) fn jwt_secret_missing(deployment: &mut Deployment) {
    deployment.backend.unset("JWT_SECRET_KEY");
}

pub(crate) fn oauth_misconfigured(deployment: &mut Deployment) {
    deployment.backend.unset("GOOGLE_CLIENT_ID");
    deployment.backend.unset("GOOGLE_CLIENT_SECRET");
}

pub(crate) fn required_config_missing(deployment: &mut Deployment) {
    deployment.backend.unset("GEMINI_API_KEY");
}
