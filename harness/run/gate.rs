//! Whether to roll back what was deployed. Every candidate that remains counts; where one is not known, or they do not agree, nothing is
//! advised. Sits in `run`, after the diagnosis; `docs/gate.md` says it for users.

use std::collections::BTreeMap;

use super::baseline::Baseline;
use super::conduct::Previous;
use super::earlier::{Earlier, Then};
use crate::diagnose::{Catalogue, Cause, Certainty, Entry};
use crate::evidence::Manifest;
use crate::report::{Advice, GateReport, Revision};
use crate::target::{Service, Target};

/// What a gate goes by.
pub(super) struct Gate<'a> {
    pub(super) target: &'a Target,
    pub(super) catalogue: &'a Catalogue,
    pub(super) deployed: &'a [(String, String)],
    pub(super) previous: &'a [Previous],
    pub(super) manifests: &'a BTreeMap<Service, Manifest>,
    pub(super) earlier: &'a Earlier,
    /// A run before the deploy.
    pub(super) baseline: Option<&'a Baseline>,
    /// Something failed and no cause stands for it.
    pub(super) unexplained: Option<String>,
}

/// What a roll back does to one candidate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Cure {
    /// It cures it.
    Would(String),
    /// It does not.
    WouldNot(String),
    /// Nobody can say.
    Open(String),
}

impl Gate<'_> {
    /// The advice; nothing where nothing is known of a deploy.
    pub(super) fn advise(&self, causes: &[Cause]) -> Option<GateReport> {
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
        let mut reasons: Vec<String> = cures.iter().map(|(cure, faults)| reason(cure, faults)).collect();
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
    pub(super) fn nothing_involved(&self, causes: &[Cause]) -> bool {
        let known = |id: &str| self.catalogue.entry(id).is_some_and(|entry| self.involved(&entry).is_empty());
        let all = || causes.iter().flat_map(candidates);
        let sure = causes.iter().all(|cause| cause.certainty > Certainty::Unknown) && self.unexplained.is_none();
        !self.deployed.is_empty() && !causes.is_empty() && sure && all().all(known)
    }

    fn cures<'c>(&'c self, cause: &'c Cause) -> impl Iterator<Item = (String, Cure)> + 'c {
        candidates(cause).map(|id| {
            let entry = self.catalogue.entry(id).filter(|_| cause.certainty > Certainty::Unknown);
            let unknown = || Cure::Open("what the cause is, is not known".to_owned());
            (id.to_owned(), entry.map_or_else(unknown, |entry| self.cure(&entry, cause)))
        })
    }

    fn cure(&self, entry: &Entry, cause: &Cause) -> Cure {
        let ends = entry.involves.join(", ");
        let involved = self.involved(entry);
        if involved.is_empty() {
            let deployed: Vec<&str> = self.deployed.iter().map(|(service, _)| service.as_str()).collect();
            return Cure::WouldNot(match ends.as_str() {
                "" => "no deploy can have caused it".to_owned(),
                ends => format!("involves {ends}, and deployed was {}", deployed.join(", ")),
            });
        }
        if !entry.curable_by_rollback {
            return Cure::WouldNot(format!("involves {ends}, and an older revision does not cure it"));
        }
        let baseline = self.baseline.map_or(Then::Untold, |baseline| baseline.then(&entry.id, cause));
        if baseline == Then::Had {
            return Cure::WouldNot(format!("involves {ends}, and the baseline had it before the deploy"));
        }
        let had = |service: &&&str| self.earlier.of(&entry.id, service) == Then::Had;
        let (had, open): (Vec<&str>, Vec<&str>) = involved.iter().partition(had);
        if open.is_empty() {
            return Cure::WouldNot(format!("{} had it too, by its manifest", self.before(&had)));
        }
        self.would(entry, &open, &ends, baseline)
    }

    /// Of a fault that the deploy of these services may have brought.
    fn would(&self, entry: &Entry, services: &[&str], ends: &str, baseline: Then) -> Cure {
        if let Some(service) = services.iter().find(|service| self.previous_of(service).is_none()) {
            let how = format!("--previous {service}=REVISION names what to go back to");
            return Cure::Open(format!("involves {ends}, of which {} was deployed; {how}", services.join(", ")));
        }
        if let Some(says) = services.iter().find_map(|service| self.gets_no_traffic(service)) {
            return Cure::Open(format!("involves {ends}, and {says}"));
        }
        let ruled_out = services.iter().all(|service| self.earlier.of(&entry.id, service) == Then::HadNot);
        let others: Vec<&str> =
            entry.involves.iter().map(String::as_str).filter(|end| !services.contains(end)).collect();
        let before = self.before(services);
        match (ruled_out, baseline, others.as_slice()) {
            (true, ..) => Cure::Would(format!("involves {ends}, and {before} did not have it, by its manifest")),
            (_, Then::HadNot, _) => Cure::Would(format!("involves {ends}, and the baseline did not have it")),
            (.., []) => Cure::Would(format!("involves {ends}, and nothing says that {before} had it")),
            (.., others) => Cure::Open(format!(
                "involves {ends}; {} was not deployed and may be the end that changed; the manifest of {before} would tell: --previous {}=FILE.json",
                others.join(", "),
                services[0]
            )),
        }
    }

    fn involved<'e>(&self, entry: &'e Entry) -> Vec<&'e str> {
        let is_deployed = |end: &&str| self.deployed.iter().any(|(service, _)| service == end);
        entry.involves.iter().map(String::as_str).filter(is_deployed).collect()
    }

    pub(super) fn previous_of(&self, service: &str) -> Option<&Previous> {
        self.previous.iter().find(|one| one.service == service)
    }

    /// The revisions before, by name where they are named.
    fn before(&self, services: &[&str]) -> String {
        let name = |service: &&str| {
            self.previous_of(service)
                .map_or_else(|| format!("the revision of {service} before"), |one| one.revision.clone())
        };
        services.iter().map(name).collect::<Vec<_>>().join(" and ")
    }

    /// A revision without traffic was not tested, unless at an address of its own; either way there is nothing to roll back. The newest one
    /// has none either while it does not start.
    fn gets_no_traffic(&self, service: &str) -> Option<String> {
        let role = [Service::Backend, Service::Auth].into_iter().find(|role| role.as_str() == service)?;
        let manifest = self.manifests.get(&role).filter(|manifest| !manifest.traffic.is_empty())?;
        let revision = self.deployed.iter().find(|(name, _)| name == service).map(|(_, revision)| revision)?;
        if manifest.ready == Some(false) && manifest.latest_created.as_ref() == Some(revision) {
            return None;
        }
        let newest = |name: &str| {
            name == "the newest revision" && manifest.latest_created.as_ref().is_none_or(|new| new == revision)
        };
        let gets = manifest.traffic.iter().any(|(name, _)| name == revision || newest(name));
        let those: Vec<&str> = manifest.traffic.iter().map(|(name, _)| name.as_str()).collect();
        (!gets).then(|| format!("by its manifest {revision} gets no traffic, {} does", those.join(" and ")))
    }
}

/// The services by their roles: an operator may call them by their own names.
pub(super) fn role_of(service: &str, target: &Target) -> String {
    let is = |name: &Option<String>| name.as_deref() == Some(service);
    match () {
        () if is(&target.names.backend) => Service::Backend.as_str().to_owned(),
        () if is(&target.names.auth) => Service::Auth.as_str().to_owned(),
        () => service.to_owned(),
    }
}

pub(super) fn candidates(cause: &Cause) -> impl Iterator<Item = &str> {
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

fn reason(cure: &Cure, faults: &[String]) -> String {
    let (word, says) = match cure {
        Cure::Would(says) => ("a roll back may cure", says),
        Cure::WouldNot(says) => ("a roll back does not cure", says),
        Cure::Open(says) => ("open is", says),
    };
    format!("{word} {}: {says}", faults.join(", "))
}

fn named(service: &str, revision: &str) -> Revision {
    Revision { service: service.to_owned(), revision: revision.to_owned() }
}
