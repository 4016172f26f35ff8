//! One Cloud Run service as it is asked for: what ends up under `spec` in its manifest.

/// Where the value of an environment variable comes from.
#[derive(Clone)]
pub(crate) enum Source {
    /// In the manifest, in plain text.
    Value(String),
    /// A pinned version of a secret.
    Secret { name: &'static str, version: &'static str },
}

/// A service, before it is rolled out.
#[derive(Clone)]
pub(crate) struct ServiceSpec {
    pub(crate) name: &'static str,
    /// The revision created by this deployment.
    pub(crate) revision: &'static str,
    /// The last good revision before it.
    pub(crate) previous_revision: &'static str,
    pub(crate) container_port: u16,
    /// True when anybody may call the service; otherwise the platform demands a Google-signed identity.
    pub(crate) public: bool,
    pub(crate) env: Vec<(&'static str, Source)>,
}

impl ServiceSpec {
    /// Sets or replaces one variable.
    pub(crate) fn set(&mut self, name: &'static str, source: Source) {
        match self.env.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = source,
            None => self.env.push((name, source)),
        }
    }

    /// Drops one variable.
    pub(crate) fn unset(&mut self, name: &str) {
        self.env.retain(|(known, _)| *known != name);
    }
}
