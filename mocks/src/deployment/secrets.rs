//! The secret store: named secrets with numbered versions, random per boot.

use std::collections::BTreeMap;

use uuid::Uuid;

/// Secrets by name and version. No `Debug`: it holds values.
#[derive(Default)]
pub(crate) struct SecretStore {
    versions: BTreeMap<(String, String), String>,
}

impl SecretStore {
    pub(crate) fn put(&mut self, name: &str, version: &str, value: String) {
        self.versions.insert((name.to_owned(), version.to_owned()), value);
    }

    /// Gives every version of a secret another value, where there is one.
    pub(crate) fn renew(&mut self, name: &str, value: impl Fn() -> Option<String>) {
        for ((known, _), held) in &mut self.versions {
            if known == name
                && let Some(value) = value()
            {
                *held = value;
            }
        }
    }

    /// The value of one pinned version.
    pub(crate) fn read(&self, name: &str, version: &str) -> Option<&str> {
        let key = (name.to_owned(), version.to_owned());
        self.versions.get(&key).map(String::as_str)
    }
}

/// 64 hex digits, 244 random bits.
pub(crate) fn random_secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
