//! Faults of the backend: its settings and its build.

use crate::deployment::{BackendDefect, Deployment, OLDER, Source};

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

pub(crate) fn cross_user_leak(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::SharesIdentity);
}

pub(crate) fn denies_everyone(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::RefusesEveryone);
}

pub(crate) fn denies_user(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::DemandsNewPermission);
}

pub(crate) fn handler_error(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::StoreRaises);
}

pub(crate) fn hanging(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::Deadlocked);
}

pub(crate) fn route_missing(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::LacksStreamRoute);
}

pub(crate) fn stream_broken(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::StreamRaises);
}

pub(crate) fn ignores_authorization(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::IgnoresHeader);
}

pub(crate) fn websocket_ignores_header(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::SocketIgnoresHeader);
}

pub(crate) fn websocket_rejects(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::SocketFactoryRaises);
}

pub(crate) fn websocket_silent(deployment: &mut Deployment) {
    deployment.backend_build.insert(BackendDefect::SocketLoopDead);
}

/// The fault is the older secret. It shows only in a deployment that verifies tokens in the backend.
pub(crate) fn jwt_secret_mismatch(deployment: &mut Deployment) {
    deployment.backend.set("TOKEN_VALIDATION", Source::Value("local".to_owned()));
    deployment.backend.repoint("JWT_SECRET_KEY", OLDER);
}

/// A rollout stopped halfway, and the older revision still reads a retired secret.
pub(crate) fn mixed_revisions(deployment: &mut Deployment) {
    let mut older = deployment.backend.clone();
    older.repoint("SERVICE_SECRET", OLDER);
    deployment.older_backend = Some(older);
}
