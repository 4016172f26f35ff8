//! Faults of the auth service: its process, its settings, its build.

use crate::deployment::{AuthDefect, Deployment, Process};

pub(crate) fn down(deployment: &mut Deployment) {
    deployment.auth_process = Process::Killed;
}

pub(crate) fn hanging(deployment: &mut Deployment) {
    deployment.auth_process = Process::Frozen;
}

pub(crate) fn jwt_secret_missing(deployment: &mut Deployment) {
    deployment.auth.unset("JWT_SECRET_KEY");
}

pub(crate) fn lacks_service_secret(deployment: &mut Deployment) {
    deployment.auth.unset("SERVICE_SECRET");
}

pub(crate) fn blacklist_error(deployment: &mut Deployment) {
    deployment.auth_build.insert(AuthDefect::AwaitsBlacklist);
}

pub(crate) fn slow(deployment: &mut Deployment) {
    deployment.auth_build.insert(AuthDefect::Slow);
}

pub(crate) fn validate_error(deployment: &mut Deployment) {
    deployment.auth_build.insert(AuthDefect::ValidationRaises);
}

pub(crate) fn validate_route_missing(deployment: &mut Deployment) {
    deployment.auth_build.insert(AuthDefect::LacksValidationRoute);
}
