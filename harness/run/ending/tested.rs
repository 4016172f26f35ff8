//! Whether the run tested the deployed revisions, with the findings that follow.

use crate::diagnose::Finding;
use crate::evidence::Evidence;
use crate::gate::{Seen, role_of, tested, tested_findings, unseen};
use crate::report::TestedRevision;
use crate::run::context::record::Record;
use crate::run::context::smoke::Smoke;

/// What is known of the deployed revisions.
pub(crate) struct Deployed {
    pub(crate) revisions: Vec<TestedRevision>,
    pub(crate) findings: Vec<Finding>,
    /// Why the result says nothing about the deploy, if nothing of a deployed revision was seen.
    pub(crate) unseen: Option<String>,
}

/// Returns what the evidence shows of the deployed revisions.
pub(crate) fn deployed(run: &Smoke, evidence: &Evidence, record: &Record) -> Deployed {
    let seen = Seen { target: &run.target, manifests: &evidence.manifests, log: &evidence.log, probes: &record.probes };
    let revisions = tested(&by_role(run), &seen);
    let findings = tested_findings(&revisions, &seen);
    let unseen = unseen(&revisions, &evidence.manifests);
    Deployed { revisions, findings, unseen }
}

/// Returns the deployed revisions by the role of their service.
pub(crate) fn by_role(run: &Smoke) -> Vec<(String, String)> {
    run.deployed.iter().map(|(service, revision)| (role_of(service, &run.target), revision.clone())).collect()
}
