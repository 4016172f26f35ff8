//! The auth service: its process, its settings, the defects of its deployed build.

use super::super::{Deployment, Process};

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
