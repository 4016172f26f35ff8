//! The commands of a report in the language of the target's platform.
//!
//! Start at [`Deployed`], a service with its name.
//!
//! - `repair`: sets variables of a service
//! - `rollback`: goes back to an earlier revision
//! - `lookup`: reads the manifests and the logs; read-only
//!
//! Sources: the reference pages of `gcloud run`, `kubectl`, `aws ecs`, `aws logs` and `docker compose`.
//!
//! Invariant: this folder runs nothing, and no command holds a secret.

pub(crate) mod lookup;
pub(crate) mod repair;
pub(crate) mod rollback;

use crate::config::Target;
use crate::terms::{Platform, Service};

/// A service of a target.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deployed<'a> {
    pub(crate) target: &'a Target,
    pub(crate) service: Service,
}

impl<'a> Deployed<'a> {
    /// Returns the name on the platform, if the target file has it.
    pub(crate) fn known_name(self) -> Option<&'a str> {
        match self.service {
            Service::Backend => self.target.names.backend.as_deref(),
            Service::Auth => self.target.names.auth.as_deref(),
        }
    }

    /// Returns the name for a sentence. Without a name and a platform, it is the component.
    pub(crate) fn in_words(self) -> &'a str {
        let component = match self.service {
            Service::Backend => "the backend",
            Service::Auth => "the auth service",
        };
        let otherwise = if self.target.platform == Platform::None { component } else { self.placeholder() };
        self.known_name().unwrap_or(otherwise)
    }

    /// Returns the name for a command.
    fn in_a_command(self) -> String {
        word(self.known_name().unwrap_or(self.placeholder()))
    }

    const fn placeholder(self) -> &'static str {
        match self.service {
            Service::Backend => "BACKEND_SERVICE",
            Service::Auth => "AUTH_SERVICE",
        }
    }
}

/// Returns ` --FLAG=NAME`, or nothing without a name.
fn flag(flag: &str, name: Option<&String>) -> String {
    name.map_or_else(String::new, |name| format!(" --{flag}={}", word(name)))
}

/// Returns ` --namespace=NAME`, or nothing.
fn namespace(target: &Target) -> String {
    flag("namespace", target.names.namespace.as_ref())
}

/// Returns the cluster of ECS, or the placeholder for it.
fn cluster(target: &Target) -> String {
    word(target.names.cluster.as_deref().unwrap_or("CLUSTER"))
}

/// Returns a word of a shell command.
fn word(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| "NAME".to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::fixtures::staging;

    /// Returns the staging target on a platform, with names for it.
    pub(crate) fn on(platform: Platform) -> Target {
        let mut target = staging();
        target.platform = platform;
        target.names.backend = Some("shop".to_owned());
        target.names.auth = Some("login".to_owned());
        target.names.namespace = Some("store".to_owned());
        target.names.cluster = Some("blue".to_owned());
        target
    }

    #[test]
    fn a_service_without_a_name_is_a_component_where_there_is_no_platform() {
        let mut target = on(Platform::None);
        target.names.backend = None;
        assert_eq!(Deployed { target: &target, service: Service::Backend }.in_words(), "the backend");
        target.platform = Platform::CloudRun;
        assert_eq!(Deployed { target: &target, service: Service::Backend }.in_words(), "BACKEND_SERVICE");
    }
}
