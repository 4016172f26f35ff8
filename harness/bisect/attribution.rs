//! The faults that a change causes, and which of them the verdict of the evidence has as candidates.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Kind};
use crate::config::Target;
use crate::diagnose::{Catalogue, Cause, Certainty};
use crate::evidence::Manifest;
use crate::preflight::{Check, Contract, FaultRef, Problem, Requirement, Review, Severity, find, problems};

/// The candidates of a verdict.
#[derive(Debug)]
pub(crate) struct Candidates {
    /// The posterior of each candidate, by its id.
    shares: BTreeMap<String, f64>,
    /// The causes that rest on what a manifest says about a variable.
    rests: Vec<Rests>,
    /// The best candidate of each cause, with its posterior.
    pub(crate) verdict: Vec<(String, f64)>,
}

/// A cause whose evidence is a fact about a variable.
#[derive(Debug)]
struct Rests {
    service: String,
    /// The role of the variable: its name in the contract or in `[variables]` of the target.
    role: String,
    fault: FaultRef,
    share: f64,
}

impl Candidates {
    /// Returns the candidates of all causes. A cause that no fault of the catalogue explains has none.
    pub(super) fn of(causes: &[Cause]) -> Self {
        let mut shares = BTreeMap::new();
        let known = || causes.iter().filter(|cause| cause.certainty > Certainty::Unknown);
        for cause in known() {
            let others = cause.alternatives.iter().filter(|other| !other.unlikely);
            let others = others.map(|other| (other.fault.clone(), other.confidence));
            for (fault, share) in others.chain([(cause.fault.clone(), cause.confidence)]) {
                let known = shares.entry(fault).or_insert(share);
                *known = share.max(*known);
            }
        }
        let verdict = causes.iter().map(|cause| (cause.fault.clone(), cause.confidence)).collect();
        Self { shares, rests: known().flat_map(rests).collect(), verdict }
    }

    /// Reports whether no cause is a fault of the catalogue although something failed.
    pub(super) fn is_unknown(&self) -> bool {
        self.shares.is_empty() && !self.verdict.is_empty()
    }
}

/// Returns what a cause rests on: the facts `SERVICE.ROLE` of its evidence.
fn rests(cause: &Cause) -> Vec<Rests> {
    let facts = cause.whys.iter().flat_map(|why| &why.evidence).filter_map(|proof| proof.fact);
    let parts = facts.filter_map(|fact| fact.split_once('.'));
    let one = |(service, role): (&str, &str)| Rests {
        service: service.to_owned(),
        role: role.to_owned(),
        fault: FaultRef { id: cause.fault.clone(), title: cause.title.clone() },
        share: cause.confidence,
    };
    parts.map(one).collect()
}

/// What the contract says about the changes.
pub(super) struct Attribution<'a> {
    contract: &'a Contract,
    target: &'a Target,
    catalogue: &'a Catalogue,
    /// The current manifests, by service.
    now: BTreeMap<&'a str, &'a Manifest>,
    /// The problems that the previous manifests do not have.
    new: Vec<Problem>,
}

impl<'a> Attribution<'a> {
    pub(super) fn new(review: &Review<'a>) -> Self {
        let before = Review::new(review.target, review.catalogue, review.contract, review.previous, &[]);
        let key = |problem: &Problem| {
            let fault = problem.fault.as_ref().map(|fault| fault.id.clone());
            let check = fault.is_none().then_some(problem.check);
            (problem.service.clone(), problem.variable.clone(), fault, check)
        };
        let old: BTreeSet<_> = problems(&before).iter().map(key).collect();
        let new = problems(review).into_iter().filter(|problem| !old.contains(&key(problem))).collect();
        let now = review.now.iter().filter_map(|subject| {
            let service = subject.service.as_str();
            Some((service, &find(review.now, service)?.manifest))
        });
        Self { contract: review.contract, target: review.target, catalogue: review.catalogue, now: now.collect(), new }
    }

    /// Returns what a new problem says.
    pub(super) fn says(&self, service: &str, check: Check) -> Option<&str> {
        let problem = self.new.iter().find(|problem| problem.service == service && problem.check == check);
        problem.map(|problem| problem.says.as_str())
    }

    /// Adds the faults to a change, and whether it explains the failure.
    pub(super) fn complete(&self, change: Change, candidates: Option<&Candidates>) -> Change {
        let own = self.new.iter().filter(|problem| self.is_of(problem, &change));
        let (errors, others): (Vec<_>, Vec<_>) = own.partition(|problem| problem.severity == Severity::Error);
        let fault = |problem: &Problem| problem.fault.clone();
        let causes = distinct(errors.into_iter().filter_map(fault));
        let possible = others.into_iter().filter_map(fault).chain(self.possible(&change));
        let may_cause = distinct(possible.filter(|fault| !causes.contains(fault)));
        let (fault, share) = match candidates {
            None => (causes.first().cloned(), None),
            Some(candidates) if candidates.is_unknown() => (causes.first().cloned(), None),
            Some(candidates) => {
                let faults = causes.iter().chain(&may_cause);
                let known = faults.filter_map(|fault| Some((fault.clone(), *candidates.shares.get(&fault.id)?)));
                let rests = candidates.rests.iter().filter(|rests| self.is_about(rests, &change));
                let all = known.chain(rests.map(|rests| (rests.fault.clone(), rests.share)));
                all.max_by(|(_, a), (_, b)| a.total_cmp(b)).unzip()
            }
        };
        Change { explains: fault.is_some(), fault, share, causes, may_cause, ..change }
    }

    /// Reports whether a cause rests on a fact about a variable that changed.
    fn is_about(&self, rests: &Rests, change: &Change) -> bool {
        let in_target = self.target.variables.get(&rests.role).into_iter().flatten();
        let of_contract = self.contract.of(&change.service).filter(|(key, _)| *key == rests.role);
        let mut names = of_contract.flat_map(|(_, one)| &one.names).chain(in_target);
        rests.service == change.service && names.any(|name| change.variables.contains(name))
    }

    /// Reports whether a problem follows from a change.
    fn is_of(&self, problem: &Problem, change: &Change) -> bool {
        let kinds: &[Kind] = match problem.check {
            Check::EnvironmentReplaced => &[Kind::Environment],
            Check::RequiredLost | Check::RequiredAbsent | Check::VariableLost => &[Kind::Environment, Kind::Lost],
            Check::WebsocketOverH2c => &[Kind::Port],
            Check::RevisionNotReady => &[Kind::Ready],
            Check::NoTraffic | Check::TrafficSplit => &[Kind::Traffic],
            _ => &[Kind::Lost, Kind::Changed, Kind::Added],
        };
        let same = problem.service == change.service && kinds.contains(&change.kind);
        same && match &problem.variable {
            Some(name) => {
                !self.is_still_set(problem)
                    && change.variables.iter().any(|changed| self.are_one(&change.service, name, changed))
            }
            None => !change.is_of_one_variable(),
        }
    }

    /// Reports whether a problem says that a variable was lost that the service reads under another name.
    fn is_still_set(&self, problem: &Problem) -> bool {
        let requirement = problem.variable.as_ref().and_then(|name| self.contract.knows(&problem.service, name));
        problem.check == Check::VariableLost && requirement.is_some_and(|one| self.reads(&problem.service, one))
    }

    fn reads(&self, service: &str, requirement: &Requirement) -> bool {
        self.now.get(service).is_some_and(|manifest| requirement.read(manifest).is_some())
    }

    /// Reports whether two names are of one variable of the contract.
    fn are_one(&self, service: &str, a: &str, b: &str) -> bool {
        let knows = |requirement: &Requirement| requirement.names.iter().any(|name| name == b);
        a == b || self.contract.knows(service, a).is_some_and(knows)
    }

    /// Returns the faults that a variable with another value causes if the value is wrong.
    fn possible(&self, change: &Change) -> Vec<FaultRef> {
        let variable = change.variables.first().filter(|_| change.is_of_one_variable());
        let known = variable.and_then(|name| self.contract.knows(&change.service, name));
        // What the service reads nowhere has no wrong value.
        let Some(requirement) = known.filter(|one| self.reads(&change.service, one)) else { return Vec::new() };
        let ids = [&requirement.faults.wrong, &requirement.faults.padded];
        let entries = ids.into_iter().flatten().filter_map(|id| self.catalogue.entry(id));
        entries.map(|entry| FaultRef { id: entry.id, title: entry.title }).collect()
    }
}

fn distinct(faults: impl Iterator<Item = FaultRef>) -> Vec<FaultRef> {
    let mut seen = BTreeSet::new();
    faults.filter(|fault| seen.insert(fault.id.clone())).collect()
}
