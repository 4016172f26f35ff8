//! The secret store, and the environment that the platform resolves for a process from a manifest and the store.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;
use uuid::Uuid;

/// Secrets by name and version. No `Debug`: it holds secret values.
#[derive(Default)]
pub(crate) struct SecretStore {
    versions: BTreeMap<(String, String), String>,
}

impl SecretStore {
    /// Stores one version of a secret.
    pub(crate) fn put(&mut self, name: &str, version: &str, value: String) {
        self.versions.insert((name.to_owned(), version.to_owned()), value);
    }

    /// Replaces every version of a secret with a fresh `value()`; `None` keeps the old value.
    pub(crate) fn renew(&mut self, name: &str, value: impl Fn() -> Option<String>) {
        for ((known, _), held) in &mut self.versions {
            if known == name
                && let Some(value) = value()
            {
                *held = value;
            }
        }
    }

    /// Returns the value of one version.
    pub(crate) fn read(&self, name: &str, version: &str) -> Option<&str> {
        let key = (name.to_owned(), version.to_owned());
        self.versions.get(&key).map(String::as_str)
    }
}

/// The resolved variables of one process. No `Debug`: it holds secret values.
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Resolves `spec.template.spec.containers[0].env[]` of a manifest.
    ///
    /// A variable that refers to a missing secret version stays unset.
    pub(crate) fn resolve(manifest: &Value, secrets: &SecretStore) -> Self {
        let env = manifest.pointer("/spec/template/spec/containers/0/env").and_then(Value::as_array);
        let resolved = env.into_iter().flatten().filter_map(|entry| resolve_one(entry, secrets));
        Self(resolved.collect())
    }

    /// Returns the value of one variable.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Returns host and port of a variable of the form `scheme://user:password@host:port/name`.
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

/// Returns a random secret: 64 hex digits with 244 random bits.
pub(crate) fn random_secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
