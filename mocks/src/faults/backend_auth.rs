//! Faults between the backend and the auth service: the settings of the calls, and the network in between.

use crate::deployment::{AuthDefect, Deployment, Egress, ROTATED, SERVICE_SECRET, Source, random_secret};

pub(crate) fn auth_disabled(deployment: &mut Deployment) {
    deployment.backend.set("AUTH_SERVICE_ENABLED", Source::Value("false".to_owned()));
}

pub(crate) fn auth_url_missing(deployment: &mut Deployment) {
    deployment.backend.unset("AUTH_SERVICE_URL");
}

pub(crate) fn auth_url_wrong(deployment: &mut Deployment) {
    let elsewhere = format!("http://{}", deployment.neighbours.web_server);
    deployment.backend.replace("AUTH_SERVICE_URL", Source::Value(elsewhere));
}

/// A likely mistake: the name of the Cloud Run service instead of its id.
pub(crate) fn service_id_mismatch(deployment: &mut Deployment) {
    deployment.backend.replace("SERVICE_ID", Source::Value("netra-backend-staging".to_owned()));
}

pub(crate) fn service_id_missing(deployment: &mut Deployment) {
    deployment.backend.unset("SERVICE_ID");
}

pub(crate) fn service_secret_mismatch(deployment: &mut Deployment) {
    deployment.secrets.put(SERVICE_SECRET, ROTATED, random_secret());
    deployment.auth.repoint("SERVICE_SECRET", ROTATED);
    deployment.client.service_secret_version = ROTATED;
}

pub(crate) fn service_secret_missing(deployment: &mut Deployment) {
    deployment.backend.unset("SERVICE_SECRET");
}

pub(crate) fn auth_unreachable(deployment: &mut Deployment) {
    deployment.backend_egress = Egress::Broken;
}

pub(crate) fn intermediary_answers(deployment: &mut Deployment) {
    deployment.backend_egress = Egress::Proxied;
}

/// The health check takes 700 ms, and the backend waits 500 ms for it.
pub(crate) fn probe_budget_too_short(deployment: &mut Deployment) {
    deployment.auth_build.insert(AuthDefect::SlowHealth);
}
