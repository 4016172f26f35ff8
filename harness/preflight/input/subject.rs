//! The service that a manifest belongs to.

use crate::config::{DeployedNames, Target};
use crate::evidence::{Declaration, Manifest, whose};
use crate::terms::Service;

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
        let own = || declaration.service_name().to_owned();
        let service = service.map(str::to_owned).or_else(known).unwrap_or_else(own);
        Self { service, declaration }
    }

    /// Returns a service whose literal values are not at hand, with the name that the target has for it.
    pub(crate) fn of_manifest(service: &str, manifest: &Manifest, target: &Target) -> Self {
        let declaration = Declaration::without_literals(manifest.clone());
        let named = [(Service::Backend, &target.names.backend), (Service::Auth, &target.names.auth)];
        let own = named.into_iter().filter(|(role, _)| role.as_str() == service).filter_map(|(_, name)| name.clone());
        Self { service: service.to_owned(), declaration: Declaration { called: own.collect(), ..declaration } }
    }
}

/// Returns the manifest of a service.
pub(crate) fn find<'s>(subjects: &'s [Subject], service: &str) -> Option<&'s Declaration> {
    subjects.iter().find(|subject| subject.service == service).map(|subject| &subject.declaration)
}
