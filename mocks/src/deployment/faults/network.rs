//! The way from us to the edge.

use super::super::{Deployment, EdgePort, Told};

pub(crate) fn connection_refused(deployment: &mut Deployment) {
    deployment.edge_port = EdgePort::Closed;
}

pub(crate) fn connection_terminated(deployment: &mut Deployment) {
    deployment.edge_port = EdgePort::Resets;
}

pub(crate) fn dns(deployment: &mut Deployment) {
    deployment.client.told = Told::NoSuchHost;
}

pub(crate) fn tls(deployment: &mut Deployment) {
    deployment.client.told = Told::Encrypted;
}
