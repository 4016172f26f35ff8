//! What one service declares in a file: its manifest, and the literal values that checks compare.

use std::collections::BTreeMap;

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
    /// The workload of Kubernetes that holds the variables, as kubectl names it: `deployment/NAME`.
    pub(crate) resource: Option<String>,
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
        Self { manifest, called, literals, ports, port_numbers, image: None, container: None, resource: None }
    }

    /// Adds the image and the ports of the container that serves requests.
    pub(super) fn with_container(self, container: &Value) -> Self {
        let image = text(container, "/image");
        Self { ports: ports(container), port_numbers: port_numbers(container), image, ..self }
    }

    /// Reports whether this is a name of the service.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.manifest.name == name || self.called.iter().any(|known| known == name)
    }
}
