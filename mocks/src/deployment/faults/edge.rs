//! Rules and settings of the front end.

use super::super::{Deployment, EdgeRule};

pub(crate) fn iam_denied(deployment: &mut Deployment) {
    deployment.backend.public = false;
}

pub(crate) fn strips_authorization(deployment: &mut Deployment) {
    deployment.edge.insert(EdgeRule::StripsAuthorization);
}
