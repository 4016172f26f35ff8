//! The manifests of one preflight, with what they are checked against.

use url::Url;

use super::problem::{Check, FaultRef, Problem};
use crate::config::{Target, is_loopback};
use crate::diagnose::Catalogue;
use crate::evidence::{Declaration, EnvValue};
use crate::preflight::contract::{Contract, Requirement};
use crate::preflight::input::{Fingerprints, Subject, find};

/// What the checks read.
pub(crate) struct Review<'a> {
    pub(crate) target: &'a Target,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) contract: &'a Contract,
    /// The services that are about to get traffic.
    pub(crate) now: &'a [Subject],
    /// The same services before.
    pub(crate) previous: &'a [Subject],
    /// The fingerprints of this run.
    pub(crate) fingerprints: Fingerprints,
}

impl<'a> Review<'a> {
    pub(crate) fn new(
        target: &'a Target,
        catalogue: &'a Catalogue,
        contract: &'a Contract,
        now: &'a [Subject],
        previous: &'a [Subject],
    ) -> Self {
        Self { target, catalogue, contract, now, previous, fingerprints: Fingerprints::new() }
    }

    /// Returns the previous manifest of a service.
    pub(crate) fn before(&self, subject: &Subject) -> Option<&'a Declaration> {
        find(self.previous, &subject.service)
    }

    /// Starts a problem. It causes the fault that the table names for the service.
    pub(crate) fn problem(&self, check: Check, subject: &Subject, says: impl Into<String>) -> Problem {
        let row = check.row();
        Problem {
            severity: row.severity,
            check,
            title: &row.title,
            service: subject.service.clone(),
            variable: None,
            says: says.into(),
            fault: self.fault(row.fault.get(&subject.service)),
            repair: None,
            sets: Vec::new(),
        }
    }

    /// Starts a problem of one variable, which causes this fault.
    pub(crate) fn of_variable(
        &self,
        check: Check,
        subject: &Subject,
        variable: &str,
        fault: Option<&String>,
        says: impl Into<String>,
    ) -> Problem {
        let problem = self.problem(check, subject, says);
        Problem { variable: Some(variable.to_owned()), fault: self.fault(fault).or(problem.fault.clone()), ..problem }
    }

    fn fault(&self, id: Option<&String>) -> Option<FaultRef> {
        let entry = self.catalogue.entry(id?)?;
        Some(FaultRef { id: entry.id, title: entry.title })
    }

    /// Reports whether the deployment runs on this machine, by the address in a manifest or else by the target.
    pub(crate) fn is_local(&self, subject: &Subject) -> bool {
        let own = subject.declaration.manifest.url.as_deref().and_then(|url| Url::parse(url).ok());
        own.as_ref().map_or_else(|| is_loopback(&self.target.backend), is_loopback)
    }

    /// Returns the secret to which another service refers for the same value.
    pub(crate) fn shared_secret(&self, requirement: &Requirement) -> Option<&'a EnvValue> {
        let link = requirement.must_equal.as_ref()?;
        let there = find(self.now, &link.service)?;
        let (_, value) = self.contract.shared(link)?.read(&there.manifest)?;
        matches!(value, EnvValue::Secret { .. }).then_some(value)
    }
}
