//! Faults between the client and the edge.

use crate::deployment::{Deployment, EdgePort, GivenAddress};

pub(crate) fn connection_refused(deployment: &mut Deployment) {
    deployment.edge_port = EdgePort::Closed;
}

pub(crate) fn connection_terminated(deployment: &mut Deployment) {
    deployment.edge_port = EdgePort::Resets;
}

pub(crate) fn dns(deployment: &mut Deployment) {
    deployment.client.address = GivenAddress::NoSuchHost;
}

pub(crate) fn tls(deployment: &mut Deployment) {
    deployment.client.address = GivenAddress::Encrypted;
}
