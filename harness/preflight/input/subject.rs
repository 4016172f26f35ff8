//! The service that a manifest belongs to.

use crate::config::DeployedNames;
use crate::evidence::{Declaration, whose};

/// One service with its manifest.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// `backend`, `auth`, or another name of the contract.
    pub(crate) service: String,
    /// The manifest, and the literal values for comparisons.
    pub(crate) declaration: Declaration,
}

impl Subject {
    /// Returns the service with its manifest. The service is the given one, or follows from the names of the target. A
    /// service that the target does not have keeps its own name.
    pub(crate) fn of(declaration: Declaration, service: Option<&str>, names: &DeployedNames) -> Self {
        let known = || whose(&declaration, names).map(|service| service.as_str().to_owned());
        let own = || declaration.called.first().unwrap_or(&declaration.manifest.name).clone();
        let service = service.map(str::to_owned).or_else(known).unwrap_or_else(own);
        Self { service, declaration }
    }
}

/// Returns the manifest of a service.
pub(crate) fn find<'s>(subjects: &'s [Subject], service: &str) -> Option<&'s Declaration> {
    subjects.iter().find(|subject| subject.service == service).map(|subject| &subject.declaration)
}
