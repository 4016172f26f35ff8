//! The way past the edge: where the operator names the backend's own URL, each of its endpoints can also be called there. Sits in
//! `target`. What differs between the two ways lies with the edge (edge-signatures.md section 7, P6).

use url::Url;

use crate::config::{Endpoint, Target};
use crate::terms::{EndpointKind, Role, Service};

/// What the id of such an endpoint ends in: `backend.health@direct`.
pub(crate) const DIRECT: &str = "@direct";

impl Target {
    /// Adds an endpoint past the edge for each of the backend's that the diagnosis knows how to read.
    pub(crate) fn add_direct_endpoints(&mut self) {
        let known = self.endpoints.values().filter(|one| one.service == Service::Backend && !one.past_edge);
        let known = known.filter(|one| matches!(one.role, Role::Health | Role::Protected));
        let copies: Vec<Endpoint> = known.map(past_edge).collect();
        self.endpoints.extend(copies.into_iter().map(|copy| (copy.id.clone(), copy)));
    }

    /// The base URL past the edge, as this kind of endpoint wants it.
    pub(crate) fn direct_base(&self, kind: EndpointKind) -> Option<&Url> {
        let (http, websocket) = self.direct.as_ref()?;
        Some(if kind == EndpointKind::Websocket { websocket } else { http })
    }
}

/// Its role is open: no scenario that calls every protected endpoint drives it.
fn past_edge(endpoint: &Endpoint) -> Endpoint {
    Endpoint { id: format!("{}{DIRECT}", endpoint.id), role: Role::Open, past_edge: true, ..endpoint.clone() }
}
