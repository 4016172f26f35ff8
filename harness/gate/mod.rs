//! The deploy gate: whether to roll back what was just deployed.
//!
//! Start at [`Gate::advise`]. `docs/users/gate.md` describes the rules for users.
//!
//! - `excluded`: whether the evidence excludes what was deployed
//! - `curable`: whether a rollback cures one candidate
//! - `earlier`: whether the previous revision already had a fault
//! - `in_order`: a service's environment without faults
//! - `baseline`: an earlier run to compare with
//! - `roll_back`: the commands that roll back
//! - `tested/`: whether the run tested what was deployed
//!
//! Invariant: every remaining candidate counts. If the candidates do not agree, or one of them is unknown, the gate
//! gives no advice. It says `do not roll back` only where the evidence excludes what was deployed.

mod baseline;
mod curable;
mod earlier;
mod excluded;
mod in_order;
mod roll_back;
mod tested;

pub use baseline::{Baseline, BaselineError};
pub use earlier::Previous;
pub(crate) use earlier::{Earlier, describe, previous_manifests};
pub(crate) use tested::{NOT_SHOWN, OTHER, Seen, findings as tested_findings, tested, unseen};

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::{Catalogue, Cause, Certainty, Entry};
use crate::evidence::Manifest;
use crate::gate::curable::listed;
use crate::preflight::Lost;
use crate::report::{Advice, GateReport, Revision};
use crate::terms::Service;

/// How many candidates one reason names. The report lists all of them with their cause.
const NAMED: usize = 4;

/// What the gate decides from.
pub(crate) struct Gate<'a> {
    pub(crate) target: &'a Target,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) deployed: &'a [(String, String)],
    pub(crate) previous: &'a [Previous],
    pub(crate) manifests: &'a BTreeMap<Service, Manifest>,
    pub(crate) earlier: &'a Earlier,
    /// A run before the deployment.
    pub(crate) baseline: Option<&'a Baseline>,
    /// What the deployed services lost, by their manifests.
    pub(crate) lost: Option<&'a Lost>,
    /// A failure that no cause explains.
    pub(crate) unexplained: Option<String>,
}

/// What a rollback does to one candidate. Each variant has its reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cure {
    /// The rollback cures it.
    Would(String),
    /// The rollback does not cure it.
    WouldNot(String),
    /// It is not known.
    Open(String),
}

impl Gate<'_> {
    /// Returns the advice, or `None` if no deployment was named.
    pub(crate) fn advise(&self, causes: &[Cause]) -> Option<GateReport> {
        if self.deployed.is_empty() {
            return None;
        }
        let mut cures: Vec<(Cure, Vec<String>)> = Vec::new();
        // What was lost is not only a candidate: it decides where no step failed.
        let lost = self.lost.filter(|_| causes.is_empty()).into_iter().flat_map(|lost| self.lost_cures(lost));
        for (fault, cure) in causes.iter().flat_map(|cause| self.cures(cause)).chain(lost) {
            match cures.iter_mut().find(|(known, _)| *known == cure) {
                Some((_, faults)) => faults.push(fault),
                None => cures.push((cure, vec![fault])),
            }
        }
        let mut advice = agreed(cures.iter().map(|(cure, _)| cure));
        let mut reasons: Vec<String> = disagree(&cures).into_iter().collect();
        reasons.extend(cures.iter().map(|(cure, faults)| reason(cure, faults)));
        if let Some(doubt) = self.doubt(causes).filter(|_| advice == Advice::DoNot) {
            advice = Advice::Undecided;
            reasons.push(doubt);
        }
        if let Some(unexplained) = &self.unexplained {
            advice = Advice::Undecided;
            reasons.push(unexplained.clone());
        }
        let commands = if advice == Advice::RollBack { self.commands(causes) } else { Vec::new() };
        Some(GateReport {
            advice,
            reasons,
            deployed: self.deployed.iter().map(|(service, revision)| named(service, revision)).collect(),
            previous: self.previous.iter().map(|one| named(&one.service, &one.revision)).collect(),
            commands,
            rolled_back: None,
        })
    }

    /// Reports whether every failure has known candidates, and none of them involves what was deployed.
    pub(crate) fn nothing_involved(&self, causes: &[Cause]) -> bool {
        let known = |id: &str| self.catalogue.entry(id).is_some_and(|entry| self.involved(&entry).is_empty());
        let all = || causes.iter().flat_map(candidates);
        let sure = self.doubt(causes).is_none() && self.unexplained.is_none();
        !self.deployed.is_empty() && !causes.is_empty() && sure && all().all(known)
    }

    fn cures<'c>(&'c self, cause: &'c Cause) -> impl Iterator<Item = (String, Cure)> + 'c {
        candidates(cause).map(|id| {
            let entry = self.catalogue.entry(id).filter(|_| cause.certainty > Certainty::Unknown);
            let unknown = || Cure::Open("no fault of the catalogue explains the observations".to_owned());
            (id.to_owned(), entry.map_or_else(unknown, |entry| self.cure(&entry, cause)))
        })
    }

    pub(crate) fn involved<'e>(&self, entry: &'e Entry) -> Vec<&'e str> {
        let is_deployed = |end: &&str| self.deployed.iter().any(|(service, _)| service == end);
        entry.involves.iter().map(String::as_str).filter(is_deployed).collect()
    }

    pub(crate) fn previous_of(&self, service: &str) -> Option<&Previous> {
        self.previous.iter().find(|one| one.service == service)
    }
}

/// Returns the role of a service: an operator may use the deployed name instead.
pub(crate) fn role_of(service: &str, target: &Target) -> String {
    let is = |name: &Option<String>| name.as_deref() == Some(service);
    match () {
        () if is(&target.names.backend) => Service::Backend.as_str().to_owned(),
        () if is(&target.names.auth) => Service::Auth.as_str().to_owned(),
        () => service.to_owned(),
    }
}

/// Returns the service with a role. An operator may deploy other services too.
fn with_role(role: &str) -> Option<Service> {
    Service::ALL.iter().copied().find(|service| service.as_str() == role)
}

pub(crate) fn candidates(cause: &Cause) -> impl Iterator<Item = &str> {
    std::iter::once(cause.fault.as_str()).chain(cause.alternatives.iter().map(|other| other.fault.as_str()))
}

fn agreed<'a>(cures: impl Iterator<Item = &'a Cure>) -> Advice {
    let each = cures.map(|cure| match cure {
        Cure::Would(_) => Advice::RollBack,
        Cure::WouldNot(_) => Advice::DoNot,
        Cure::Open(_) => Advice::Undecided,
    });
    let same = each.reduce(|a, b| if a == b { a } else { Advice::Undecided });
    same.unwrap_or(Advice::Undecided)
}

/// Returns the counts if the candidates do not agree: `of 10 possible causes, a rollback may cure 6 and does not cure
/// 4`.
fn disagree(cures: &[(Cure, Vec<String>)]) -> Option<String> {
    let count = |is: fn(&Cure) -> bool| -> usize {
        cures.iter().filter(|(cure, _)| is(cure)).map(|(_, faults)| faults.len()).sum()
    };
    let may = count(|cure| matches!(cure, Cure::Would(_)));
    let not = count(|cure| matches!(cure, Cure::WouldNot(_)));
    let open = count(|cure| matches!(cure, Cure::Open(_)));
    let counts = [(may, "may cure"), (not, "does not cure"), (open, "may or may not cure")];
    let said: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{word} {n}")).collect();
    (said.len() > 1).then(|| format!("of {} possible causes, a rollback {}", may + not + open, listed(&said, "and")))
}

fn reason(cure: &Cure, faults: &[String]) -> String {
    let (word, says) = match cure {
        Cure::Would(says) => ("a rollback may cure", says),
        Cure::WouldNot(says) => ("a rollback does not cure", says),
        Cure::Open(says) => ("a rollback may or may not cure", says),
    };
    let more = faults.len().saturating_sub(NAMED);
    let named = match more {
        // The name of a single remaining candidate is as short as `1 more`.
        0 | 1 => listed(faults, "or"),
        more => format!("{} or {more} more", faults[..NAMED].join(", ")),
    };
    format!("{word} {named}: {says}")
}

fn named(service: &str, revision: &str) -> Revision {
    Revision { service: service.to_owned(), revision: revision.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(count: usize) -> Vec<String> {
        (1..=count).map(|n| format!("f/{n}")).collect()
    }

    #[test]
    fn a_service_is_found_by_its_role() {
        let found = ["backend", "auth", "frontend"].map(with_role);
        assert_eq!(found, [Some(Service::Backend), Some(Service::Auth), None]);
    }

    #[test]
    fn candidates_that_do_not_agree_are_counted_first() {
        let cures = [
            (Cure::Would("a".to_owned()), faults(2)),
            (Cure::Open("b".to_owned()), faults(1)),
            (Cure::Would("c".to_owned()), faults(1)),
            (Cure::WouldNot("d".to_owned()), faults(4)),
        ];
        let says = "of 8 possible causes, a rollback may cure 3, does not cure 4 and may or may not cure 1";
        assert_eq!(disagree(&cures).as_deref(), Some(says));
        assert_eq!(disagree(&cures[..1]), None);
        let alike = [cures[0].clone(), cures[2].clone()];
        assert_eq!(disagree(&alike), None, "they agree, for two reasons");
    }

    #[test]
    fn a_reason_names_a_few_candidates_and_counts_the_rest() {
        let reason = |count| reason(&Cure::WouldNot("no".to_owned()), &faults(count));
        assert_eq!(reason(1), "a rollback does not cure f/1: no");
        assert_eq!(reason(2), "a rollback does not cure f/1 or f/2: no");
        assert_eq!(reason(5), "a rollback does not cure f/1, f/2, f/3, f/4 or f/5: no");
        assert_eq!(reason(6), "a rollback does not cure f/1, f/2, f/3, f/4 or 2 more: no");
    }
}
