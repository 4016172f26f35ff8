//! Gathers the variables of one container.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;

use super::EnvValue;

/// The variables of one container while a reader gathers them. A later variable replaces an earlier one.
pub(super) struct Environment<'a> {
    plain: &'a BTreeSet<String>,
    pub(super) values: BTreeMap<String, EnvValue>,
    pub(super) literals: BTreeMap<String, SecretString>,
    pub(super) from: Vec<String>,
}

impl<'a> Environment<'a> {
    /// Starts without a variable. `plain` names variables whose literal values may be shown.
    pub(super) fn new(plain: &'a BTreeSet<String>) -> Self {
        Self { plain, values: BTreeMap::new(), literals: BTreeMap::new(), from: Vec::new() }
    }

    pub(super) fn literal(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), EnvValue::literal(name, value, self.plain));
        self.literals.insert(name.to_owned(), SecretString::from(value));
    }

    /// Adds a variable whose value is outside of the manifest.
    pub(super) fn reference(&mut self, name: &str, value: EnvValue) {
        self.values.insert(name.to_owned(), value);
        self.literals.remove(name);
    }

    /// Adds a source of variables whose names are not known.
    pub(super) fn from(&mut self, source: String) {
        self.from.push(source);
    }
}
