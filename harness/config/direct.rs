//! Direct endpoints: copies of the backend's endpoints at the backend's own URL, which goes around the edge.
//!
//! A probe that fails through the edge and succeeds directly points at the edge.

use url::Url;

use crate::config::{Endpoint, Target};
use crate::terms::{EndpointKind, Role, Service};

/// The suffix of a direct endpoint's id: `backend.health@direct`.
pub(crate) const DIRECT: &str = "@direct";

impl Target {
    /// Adds a direct copy of each backend endpoint with the role `health` or `protected`.
    pub(crate) fn add_direct_endpoints(&mut self) {
        let known =
            self.endpoints.values().filter(|endpoint| endpoint.service == Service::Backend && !endpoint.past_edge);
        // The backend's own URL is not that of another service.
        let known = known.filter(|endpoint| endpoint.form.base.is_none());
        let known = known.filter(|endpoint| matches!(endpoint.role, Role::Health | Role::Protected));
        let copies: Vec<Endpoint> = known.map(past_edge).collect();
        self.endpoints.extend(copies.into_iter().map(|copy| (copy.id.clone(), copy)));
    }

    /// Returns the backend's own base URL, with the scheme that this kind of endpoint needs.
    pub(crate) fn direct_base(&self, kind: EndpointKind) -> Option<&Url> {
        let (http, websocket) = self.direct.as_ref()?;
        Some(if kind == EndpointKind::Websocket { websocket } else { http })
    }
}

/// Returns the direct copy. Its role is `open`, so that `@protected` in a scenario does not call it.
fn past_edge(endpoint: &Endpoint) -> Endpoint {
    Endpoint { id: format!("{}{DIRECT}", endpoint.id), role: Role::Open, past_edge: true, ..endpoint.clone() }
}
