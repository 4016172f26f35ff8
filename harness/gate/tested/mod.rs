//! Whether the run tested the revision that was deployed.
//!
//! Start at [`tested`].
//!
//! - `traffic`: the shares of the traffic, by the manifest, and the command that moves them
//! - `request_log`: the requests of this run in a log
//! - `version`: the revision that the responses name
//! - `finding`: the findings for what is not proven
//!
//! Invariant: a single piece of evidence for another revision outweighs all proofs.

mod finding;
mod request_log;
mod traffic;
mod version;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use finding::{NOT_SHOWN, OTHER, findings};

use crate::config::Target;
use crate::evidence::{LogEntry, Manifest};
use crate::report::{ProbeReport, RevisionEvidence, RevisionProof, RevisionShare, Tested, TestedRevision};
use crate::terms::Service;

/// The most other revisions that a sentence names.
const NAMED: usize = 3;

/// What a run has that may show which revision answered.
pub(crate) struct Seen<'a> {
    pub(crate) target: &'a Target,
    pub(crate) manifests: &'a BTreeMap<Service, Manifest>,
    pub(crate) log: &'a [LogEntry],
    pub(crate) probes: &'a [ProbeReport],
}

/// Returns for each deployed revision whether the run tested it. A service is named by its role.
pub(crate) fn tested(deployed: &[(String, String)], seen: &Seen<'_>) -> Vec<TestedRevision> {
    deployed.iter().map(|(service, revision)| of_service(service, revision, seen)).collect()
}

fn of_service(name: &str, revision: &str, seen: &Seen<'_>) -> TestedRevision {
    let service = Service::ALL.iter().copied().find(|service| service.as_str() == name);
    let proof = service.map(|service| proof(service, revision, seen)).unwrap_or_default();
    let result = match () {
        () if proof.iter().any(|one| one.share != RevisionShare::All) => Tested::Other,
        () if proof.is_empty() => Tested::NotShown,
        () => Tested::Proven,
    };
    TestedRevision { service: name.to_owned(), revision: revision.to_owned(), result, proof }
}

fn proof(service: Service, revision: &str, seen: &Seen<'_>) -> Vec<RevisionProof> {
    let manifest = seen.manifests.get(&service);
    let traffic = manifest.filter(|_| !is_tagged(service, seen.target));
    let traffic = traffic.and_then(|manifest| traffic::proof(manifest, revision));
    let log = request_log::proof(service, revision, seen);
    traffic.into_iter().chain(log).chain(version::proofs(service, revision, seen)).collect()
}

/// Reports whether the service is called at the URL of a tag, `https://TAG---SERVICE-….run.app`: then the shares of the
/// traffic say nothing about the calls. Source: Cloud Run, "Use tags for testing".
fn is_tagged(service: Service, target: &Target) -> bool {
    let base = match service {
        Service::Backend => &target.backend,
        Service::Auth => &target.auth,
    };
    base.host_str().is_some_and(|host| host.contains("---"))
}

/// Returns the sentence for a gate that cannot advise: nothing of a deployed revision was seen. A revision that does not
/// start is the exception, because that is what the deploy did.
pub(crate) fn unseen(tested: &[TestedRevision], manifests: &BTreeMap<Service, Manifest>) -> Option<String> {
    let does_not_start = |one: &TestedRevision| {
        let manifest = manifests.iter().find(|(service, _)| service.as_str() == one.service).map(|(_, it)| it);
        manifest.is_some_and(|it| it.ready == Some(false) && it.latest_created.as_ref() == Some(&one.revision))
    };
    let one = tested.iter().find(|one| one.is_unseen() && !does_not_start(one))?;
    let why = one.deciding().next().unwrap_or_default();
    Some(format!("{} {} was not tested: {why}", one.service, one.revision))
}

/// How often the deployed revision and others answered, by one kind of evidence.
#[derive(Debug, Default)]
struct Count<'a> {
    deployed: usize,
    others: usize,
    named: BTreeSet<&'a str>,
}

impl<'a> Count<'a> {
    /// Counts the names, of which `is_deployed` tells those of the deployed revision.
    fn of(names: impl IntoIterator<Item = &'a str>, is_deployed: impl Fn(&str) -> bool) -> Self {
        let mut count = Self::default();
        for name in names {
            if is_deployed(name) {
                count.deployed += 1;
            } else {
                count.others += 1;
                count.named.insert(name);
            }
        }
        count
    }

    const fn total(&self) -> usize {
        self.deployed + self.others
    }

    /// Returns `a-1, a-2 and 4 more`.
    fn names(&self) -> String {
        let first: Vec<String> = self.named.iter().take(NAMED).map(|name| name.chars().take(80).collect()).collect();
        let more = self.named.len().saturating_sub(NAMED);
        if more == 0 { first.join(", ") } else { format!("{} and {more} more", first.join(", ")) }
    }

    /// Returns the proof, or `None` if nothing was counted.
    fn proof(&self, by: RevisionEvidence, all: String, others: String) -> Option<RevisionProof> {
        let (share, says) = match (self.deployed, self.others) {
            (0, 0) => return None,
            (_, 0) => (RevisionShare::All, all),
            (0, _) => (RevisionShare::None, others),
            (_, _) => (RevisionShare::Part, others),
        };
        Some(RevisionProof { by, share, says })
    }
}

/// Returns `1 request`, `12 requests`.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests;
