//! The way past the edge: where the operator names the backend's own URL, each of its surfaces can also be called there. Sits in
//! `target`. What differs between the two ways lies with the edge (edge-signatures.md section 7, P6).

use url::Url;

use crate::config::{Surface, Target};
use crate::terms::{Role, Service, SurfaceKind};

/// What the id of such a surface ends in: `backend.health@direct`.
pub(crate) const DIRECT: &str = "@direct";

impl Target {
    /// Adds a surface past the edge for each of the backend's that the diagnosis knows how to read.
    pub(crate) fn add_direct_surfaces(&mut self) {
        let known = self.surfaces.values().filter(|one| one.service == Service::Backend && !one.past_edge);
        let known = known.filter(|one| matches!(one.role, Role::Health | Role::Protected));
        let copies: Vec<Surface> = known.map(past_edge).collect();
        self.surfaces.extend(copies.into_iter().map(|copy| (copy.id.clone(), copy)));
    }

    /// The base URL past the edge, as this kind of surface wants it.
    pub(crate) fn direct_base(&self, kind: SurfaceKind) -> Option<&Url> {
        let (http, websocket) = self.direct.as_ref()?;
        Some(if kind == SurfaceKind::Websocket { websocket } else { http })
    }
}

/// Its role is open: no scenario that calls every protected surface drives it.
fn past_edge(surface: &Surface) -> Surface {
    Surface { id: format!("{}{DIRECT}", surface.id), role: Role::Open, past_edge: true, ..surface.clone() }
}
