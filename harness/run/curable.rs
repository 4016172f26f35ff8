//! Whether a roll back cures one candidate. Sits in `run`, under the `gate`.

use super::earlier::Then;
use super::gate::{Cure, Gate};
use crate::diagnose::{Cause, Entry};
use crate::target::Service;

impl Gate<'_> {
    /// By what the catalogue says of it, and what is known of the revision and the run before.
    pub(super) fn cure(&self, entry: &Entry, cause: &Cause) -> Cure {
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
        let another = |service: &&&str| self.earlier.of(&entry.id, service) == Then::HadAnother;
        if let Some(service) = services.iter().find(another) {
            let why = format!(
                "{} did not have it, and by its manifest its variables lack something else",
                self.before(&[*service])
            );
            return Cure::Open(format!("involves {ends}, and {why}"));
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
