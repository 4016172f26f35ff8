//! The contract of a deployment: what each service requires of its environment.
//!
//! Start at [`Contract::of_target`] and [`Contract::parse`].
//!
//! - `requirement`: what is required of one variable
//! - `file`: reads a contract file
//! - `shipped.toml`: the contract without a file. Its names come from the target
//! - `from_declarations`: writes the contract of services that work
//!
//! Invariant: a contract holds names and rules, and no value of a variable.

mod file;
mod from_declarations;
mod requirement;

pub(crate) use from_declarations::written;
pub(crate) use requirement::{Faults, Requirement, Shared};

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::document::ConfigError;

/// The requirements of one service, by the name of the variable in the contract.
pub(crate) type Requirements = BTreeMap<String, Requirement>;

/// What each service requires of its environment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contract(BTreeMap<String, Requirements>);

impl Contract {
    /// Returns the shipped contract, with the names that the target gives to the variables.
    ///
    /// # Errors
    /// When the shipped file and the catalogue do not fit. A test excludes that for the shipped catalogue.
    pub(crate) fn of_target(target: &Target, catalogue: &Catalogue) -> Result<Self, ConfigError> {
        file::parse("the shipped contract", include_str!("shipped.toml"), target, catalogue)
    }

    /// Reads a contract file. Errors show `name`.
    ///
    /// # Errors
    /// When the text is not a contract, or names a fault that the catalogue does not have.
    pub(crate) fn parse(name: &str, text: &str, target: &Target, catalogue: &Catalogue) -> Result<Self, ConfigError> {
        file::parse(name, text, target, catalogue)
    }

    /// Returns the text of a contract file.
    ///
    /// # Errors
    /// When a name cannot be written in TOML.
    pub(crate) fn to_toml(&self) -> Result<String, toml::ser::Error> {
        from_declarations::text(&self.0)
    }

    /// Returns the names of the services.
    pub(crate) fn services(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the requirements of a service. A service that the contract does not name has none.
    pub(crate) fn of(&self, service: &str) -> impl Iterator<Item = (&str, &Requirement)> {
        self.0.get(service).into_iter().flatten().map(|(name, requirement)| (name.as_str(), requirement))
    }

    /// Returns what the contract says about a variable of the environment.
    pub(crate) fn knows(&self, service: &str, variable: &str) -> Option<&Requirement> {
        self.of(service).map(|(_, requirement)| requirement).find(|one| one.names.iter().any(|name| name == variable))
    }

    /// Returns the requirement with which a value is shared.
    pub(crate) fn shared(&self, with: &Shared) -> Option<&Requirement> {
        self.0.get(&with.service)?.get(&with.variable)
    }
}
