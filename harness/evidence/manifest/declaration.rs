//! What one service declares in a file: its manifest, and the literal values that checks compare.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;

use super::container::{port_numbers, ports, text};
use super::environment::Environment;
use super::{Layout, Manifest};

/// What one service declares in a file.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    /// The manifest, without anything that may be a secret.
    pub(crate) manifest: Manifest,
    /// Further names by which the service may be known, for example the service of a revision.
    pub(crate) called: Vec<String>,
    /// The literal values, for comparisons only.
    pub(crate) literals: BTreeMap<String, SecretString>,
    /// The names of the ports of the container, for example `http1` or `h2c`.
    pub(crate) ports: Vec<String>,
    /// The numbers of the ports of the container.
    pub(crate) port_numbers: Vec<u64>,
    /// The image of the container.
    pub(crate) image: Option<String>,
    /// The name of the container.
    pub(crate) container: Option<String>,
    /// The revision that the manifest shows: its own, or the newest one of a service.
    pub(crate) revision: Option<String>,
    /// Whether the file says that it is a service of Cloud Run, and no revision.
    pub(crate) is_service: bool,
    /// When it was made or changed last.
    pub(crate) dated: Option<Dated>,
    /// The workload of Kubernetes that holds the variables, as kubectl names it: `deployment/NAME`.
    pub(crate) resource: Option<String>,
}

/// A time in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dated {
    pub(crate) at: Timestamp,
    /// Whether it is the time of its creation, and not of its last change.
    pub(crate) is_creation: bool,
}

impl Dated {
    /// Reads the time at a place of a manifest (RFC 3339).
    pub(super) fn read(value: &Value, pointer: &str, is_creation: bool) -> Option<Self> {
        Some(Self { at: value.pointer(pointer)?.as_str()?.parse().ok()?, is_creation })
    }
}

impl Declaration {
    /// Returns a declaration with these variables.
    pub(super) fn of(layout: Layout, manifest: Manifest, environment: Environment<'_>) -> Self {
        let Environment { values, literals, from, .. } = environment;
        let manifest = Manifest { env: values, env_from: from, layout, ..manifest };
        Self { literals, ..Self::without_literals(manifest) }
    }

    /// Returns a declaration of a manifest whose literal values are not at hand.
    pub(crate) fn without_literals(manifest: Manifest) -> Self {
        let (called, ports, port_numbers, literals) = (Vec::new(), Vec::new(), Vec::new(), BTreeMap::new());
        let (image, container, resource, revision, dated) = (None, None, None, None, None);
        let is_service = false;
        Self {
            manifest,
            called,
            literals,
            ports,
            port_numbers,
            image,
            container,
            resource,
            revision,
            is_service,
            dated,
        }
    }

    /// Adds the image and the ports of the container that serves requests.
    pub(super) fn with_container(self, container: &Value) -> Self {
        let image = text(container, "/image");
        Self { ports: ports(container), port_numbers: port_numbers(container), image, ..self }
    }

    /// Returns the name of the service: for a revision or a part of a workload, that of the whole.
    pub(crate) fn service_name(&self) -> &str {
        self.called.first().unwrap_or(&self.manifest.name)
    }

    /// Reports whether this is a name of the service.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.manifest.name == name || self.called.iter().any(|known| known == name)
    }
}
