//! What a process sees of its deployment: the environment that the platform resolved from its manifest.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;

use super::SecretStore;

/// Resolved variables of one process. No `Debug`: it holds secret values.
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Resolves `spec.template.spec.containers[0].env[]` of a manifest. A reference to a version that does not exist is
    /// left unset, as a variable that was never mapped.
    pub(crate) fn resolve(manifest: &Value, secrets: &SecretStore) -> Self {
        let env = manifest.pointer("/spec/template/spec/containers/0/env").and_then(Value::as_array);
        let resolved = env.into_iter().flatten().filter_map(|entry| resolve_one(entry, secrets));
        Self(resolved.collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Host and port of a variable of the form `scheme://user:password@host:port/name`.
    pub(crate) fn host_of(&self, name: &str) -> Option<SocketAddr> {
        let (_, location) = self.get(name)?.rsplit_once('@')?;
        let (address, _) = location.split_once('/')?;
        address.parse().ok()
    }
}

fn resolve_one(entry: &Value, secrets: &SecretStore) -> Option<(String, String)> {
    let name = entry["name"].as_str()?.to_owned();
    if let Some(value) = entry["value"].as_str() {
        return Some((name, value.to_owned()));
    }
    let reference = entry.pointer("/valueFrom/secretKeyRef")?;
    let value = secrets.read(reference["name"].as_str()?, reference["key"].as_str()?)?;
    Some((name, value.to_owned()))
}
