//! One Cloud Run service as it is asked for: what ends up under `spec` in its manifest.

use crate::logs::{ServiceLog, Severity};

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
    /// The memory limit of its container, in MiB.
    pub(crate) memory_mib: u32,
    /// True when anybody may call the service; otherwise the platform demands a Google-signed identity.
    pub(crate) public: bool,
    /// Who may reach it: `all`, or `internal`.
    pub(crate) ingress: &'static str,
    /// How long one request may take.
    pub(crate) timeout_seconds: u64,
    pub(crate) env: Vec<(&'static str, Source)>,
}

/// What either service takes once it is up.
const NEEDED_MIB: u32 = 700;

impl ServiceSpec {
    /// True when the container is killed for want of memory before it is up; the platform's log says so.
    pub(crate) fn is_starved(&self, log: &ServiceLog) -> bool {
        if self.memory_mib >= NEEDED_MIB {
            return false;
        }
        let (limit, used) = (self.memory_mib, self.memory_mib + 7);
        log.platform(
            Severity::Error,
            &format!(
                "Memory limit of {limit} MiB exceeded with {used} MiB used. Consider increasing the memory limit, see \
                 https://cloud.google.com/run/docs/configuring/memory-limits"
            ),
        );
        log.platform(Severity::Warning, "Container terminated on signal 9.");
        true
    }

    /// The value of a variable that stands in the manifest in plain text.
    pub(crate) fn plain(&self, name: &str) -> Option<&str> {
        match self.env.iter().find(|(known, _)| *known == name)? {
            (_, Source::Value(value)) => Some(value),
            (_, Source::Secret { .. }) => None,
        }
    }

    /// Sets or replaces one variable.
    pub(crate) fn set(&mut self, name: &'static str, source: Source) {
        match self.env.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = source,
            None => self.env.push((name, source)),
        }
    }

    /// Gives one variable another source, if it is set at all.
    pub(crate) fn replace(&mut self, name: &str, source: Source) {
        if let Some((_, old)) = self.env.iter_mut().find(|(known, _)| *known == name) {
            *old = source;
        }
    }

    /// Pins the secret behind one variable to another version, if it is set at all.
    pub(crate) fn repoint(&mut self, name: &str, to: &'static str) {
        if let Some((_, Source::Secret { version, .. })) = self.env.iter_mut().find(|(known, _)| *known == name) {
            *version = to;
        }
    }

    /// Drops one variable.
    pub(crate) fn unset(&mut self, name: &str) {
        self.env.retain(|(known, _)| *known != name);
    }
}
