//! The backend's settings for its calls to the auth service, and what lies between the two.

use super::super::plan::{ROTATED, SERVICE_SECRET};
use super::super::random_secret;
use super::super::spec::Source;
use super::super::{AuthDefect, Deployment, Egress};

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

/// The name of the service, not its id (contract 8.2 #32 is alike).
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

/// Nothing is wrong with an answer after 700 ms; the backend waits 500.
pub(crate) fn probe_budget_too_short(deployment: &mut Deployment) {
    deployment.auth_build.insert(AuthDefect::SlowHealth);
}
