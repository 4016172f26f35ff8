//! Whether to roll back what was deployed. Every candidate that remains counts; where one is not known, or they do not agree, nothing is
//! advised. Sits in `run`, after the diagnosis; `docs/gate.md` says it for users.

mod baseline;
mod curable;
mod earlier;
mod in_order;
mod roll_back;

pub use baseline::{Baseline, BaselineError};
pub(crate) use earlier::Earlier;
pub use earlier::Previous;

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::{Catalogue, Cause, Certainty, Entry};
use crate::evidence::Manifest;
use crate::gate::curable::listed;
use crate::report::{Advice, GateReport, Revision};
use crate::terms::Service;

/// Candidates named in one reason; all of them stand with their cause.
const NAMED: usize = 4;

/// What a gate goes by.
pub(crate) struct Gate<'a> {
    pub(crate) target: &'a Target,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) deployed: &'a [(String, String)],
    pub(crate) previous: &'a [Previous],
    pub(crate) manifests: &'a BTreeMap<Service, Manifest>,
    pub(crate) earlier: &'a Earlier,
    /// A run before the deploy.
    pub(crate) baseline: Option<&'a Baseline>,
    /// Something failed and no cause stands for it.
    pub(crate) unexplained: Option<String>,
}

/// What a roll back does to one candidate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cure {
    /// It cures it.
    Would(String),
    /// It does not.
    WouldNot(String),
    /// Nobody can say.
    Open(String),
}

impl Gate<'_> {
    /// The advice; nothing where nothing is known of a deploy.
    pub(crate) fn advise(&self, causes: &[Cause]) -> Option<GateReport> {
        if self.deployed.is_empty() {
            return None;
        }
        let mut cures: Vec<(Cure, Vec<String>)> = Vec::new();
        for (fault, cure) in causes.iter().flat_map(|cause| self.cures(cause)) {
            match cures.iter_mut().find(|(known, _)| *known == cure) {
                Some((_, faults)) => faults.push(fault),
                None => cures.push((cure, vec![fault])),
            }
        }
        let mut advice = agreed(cures.iter().map(|(cure, _)| cure));
        let mut reasons: Vec<String> = disagree(&cures).into_iter().collect();
        reasons.extend(cures.iter().map(|(cure, faults)| reason(cure, faults)));
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

    /// Whether it is known of everything that failed that nothing deployed can have caused it.
    pub(crate) fn nothing_involved(&self, causes: &[Cause]) -> bool {
        let known = |id: &str| self.catalogue.entry(id).is_some_and(|entry| self.involved(&entry).is_empty());
        let all = || causes.iter().flat_map(candidates);
        let sure = causes.iter().all(|cause| cause.certainty > Certainty::Unknown) && self.unexplained.is_none();
        !self.deployed.is_empty() && !causes.is_empty() && sure && all().all(known)
    }

    fn cures<'c>(&'c self, cause: &'c Cause) -> impl Iterator<Item = (String, Cure)> + 'c {
        candidates(cause).map(|id| {
            let entry = self.catalogue.entry(id).filter(|_| cause.certainty > Certainty::Unknown);
            let unknown = || Cure::Open("no known cause fits what was seen".to_owned());
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

/// The services by their roles: an operator may call them by their own names.
pub(crate) fn role_of(service: &str, target: &Target) -> String {
    let is = |name: &Option<String>| name.as_deref() == Some(service);
    match () {
        () if is(&target.names.backend) => Service::Backend.as_str().to_owned(),
        () if is(&target.names.auth) => Service::Auth.as_str().to_owned(),
        () => service.to_owned(),
    }
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

/// `of 10 causes that remain, a roll back may cure 6 and does not cure 1; of 3 nobody can say`, where they are not all alike.
fn disagree(cures: &[(Cure, Vec<String>)]) -> Option<String> {
    let count = |is: fn(&Cure) -> bool| -> usize {
        cures.iter().filter(|(cure, _)| is(cure)).map(|(_, faults)| faults.len()).sum()
    };
    let may = count(|cure| matches!(cure, Cure::Would(_)));
    let not = count(|cure| matches!(cure, Cure::WouldNot(_)));
    let open = count(|cure| matches!(cure, Cure::Open(_)));
    let counts = [(may, "may cure"), (not, "does not cure"), (open, "may or may not cure")];
    let said: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{word} {n}")).collect();
    (said.len() > 1)
        .then(|| format!("of {} causes that remain, a roll back {}", may + not + open, listed(&said, "and")))
}

fn reason(cure: &Cure, faults: &[String]) -> String {
    let (word, says) = match cure {
        Cure::Would(says) => ("a roll back may cure", says),
        Cure::WouldNot(says) => ("a roll back does not cure", says),
        Cure::Open(says) => ("a roll back may or may not cure", says),
    };
    let more = faults.len().saturating_sub(NAMED);
    let named = match more {
        // As long as naming the one that is left.
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
    fn candidates_that_are_not_all_alike_are_counted_first() {
        let cures = [
            (Cure::Would("a".to_owned()), faults(2)),
            (Cure::Open("b".to_owned()), faults(1)),
            (Cure::Would("c".to_owned()), faults(1)),
            (Cure::WouldNot("d".to_owned()), faults(4)),
        ];
        let says = "of 8 causes that remain, a roll back may cure 3, does not cure 4 and may or may not cure 1";
        assert_eq!(disagree(&cures).as_deref(), Some(says));
        assert_eq!(disagree(&cures[..1]), None);
        let alike = [cures[0].clone(), cures[2].clone()];
        assert_eq!(disagree(&alike), None, "for two reasons, and alike");
    }

    #[test]
    fn a_reason_names_a_few_candidates_and_counts_the_rest() {
        let reason = |count| reason(&Cure::WouldNot("no".to_owned()), &faults(count));
        assert_eq!(reason(1), "a roll back does not cure f/1: no");
        assert_eq!(reason(2), "a roll back does not cure f/1 or f/2: no");
        assert_eq!(reason(5), "a roll back does not cure f/1, f/2, f/3, f/4 or f/5: no");
        assert_eq!(reason(6), "a roll back does not cure f/1, f/2, f/3, f/4 or 2 more: no");
    }
}
