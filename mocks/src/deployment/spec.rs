//! One Cloud Run service as its operator asks for it: what becomes `spec` in the manifest.

/// The Google Cloud project of the deployment.
pub(crate) const PROJECT: &str = "netra-staging";
/// The region of the deployment.
pub(crate) const REGION: &str = "us-central1";

/// Where the value of an environment variable comes from.
#[derive(Clone)]
pub(crate) enum Source {
    /// Plain text in the manifest.
    Value(String),
    /// A pinned version of a secret.
    Secret { name: &'static str, version: &'static str },
}

/// A service before its rollout.
#[derive(Clone)]
pub(crate) struct ServiceSpec {
    pub(crate) name: &'static str,
    /// The revision created by this deployment.
    pub(crate) revision: &'static str,
    /// The last good revision before this one.
    pub(crate) previous_revision: &'static str,
    pub(crate) container_port: u16,
    /// The memory limit of its container, in MiB.
    pub(crate) memory_mib: u32,
    /// Whether every client may call the service. Otherwise the platform demands an identity that Google signed.
    pub(crate) public: bool,
    /// Which networks reach the service: `all` or `internal`.
    pub(crate) ingress: &'static str,
    /// The time limit of one request, in seconds.
    pub(crate) timeout_seconds: u64,
    pub(crate) env: Vec<(&'static str, Source)>,
}

/// The memory that a service needs to start, in MiB.
const NEEDED_MIB: u32 = 700;

impl ServiceSpec {
    /// Reports whether the container needs more memory to start than its limit allows.
    pub(crate) const fn is_short_of_memory(&self) -> bool {
        self.memory_mib < NEEDED_MIB
    }

    /// Returns the value of a variable that the manifest holds in plain text.
    pub(crate) fn plain(&self, name: &str) -> Option<&str> {
        match self.env.iter().find(|(known, _)| *known == name)? {
            (_, Source::Value(value)) => Some(value),
            (_, Source::Secret { .. }) => None,
        }
    }

    /// Sets one variable, or replaces it.
    pub(crate) fn set(&mut self, name: &'static str, source: Source) {
        match self.env.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = source,
            None => self.env.push((name, source)),
        }
    }

    /// Gives one variable another source; an unset variable stays unset.
    pub(crate) fn replace(&mut self, name: &str, source: Source) {
        if let Some((_, old)) = self.env.iter_mut().find(|(known, _)| *known == name) {
            *old = source;
        }
    }

    /// Pins the secret of one variable to another version; an unset variable stays unset.
    pub(crate) fn repoint(&mut self, name: &str, to: &'static str) {
        if let Some((_, Source::Secret { version, .. })) = self.env.iter_mut().find(|(known, _)| *known == name) {
            *version = to;
        }
    }

    /// Gives one variable another name; an unset variable stays unset.
    pub(crate) fn rename(&mut self, from: &str, to: &'static str) {
        if let Some((name, _)) = self.env.iter_mut().find(|(known, _)| *known == from) {
            *name = to;
        }
    }

    /// Removes one variable.
    pub(crate) fn unset(&mut self, name: &str) {
        self.env.retain(|(known, _)| *known != name);
    }
}
