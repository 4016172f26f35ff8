//! Whether a rollback cures one candidate.

use crate::diagnose::{Cause, Entry};
use crate::evidence::NEWEST;
use crate::gate::earlier::Then;
use crate::gate::{Cure, Gate, with_role};
use crate::preflight::{Lost, LostByService};

impl Gate<'_> {
    /// Returns what a rollback does to this fault, by the catalogue, the previous revision and the baseline.
    pub(crate) fn cure(&self, entry: &Entry, cause: &Cause) -> Cure {
        let can = can_cause(&entry.involves);
        let involved = self.involved(entry);
        if involved.is_empty() {
            let deployed: Vec<&str> = self.deployed.iter().map(|(service, _)| service.as_str()).collect();
            return Cure::WouldNot(match entry.involves.is_empty() {
                true => "no deploy can have caused it".to_owned(),
                false => format!("only {can}, but what was deployed is {}", listed(&deployed, "and")),
            });
        }
        if !entry.curable_by_rollback {
            return Cure::WouldNot(format!("{can}, but an older revision does not cure it"));
        }
        let baseline = self.baseline.map_or(Then::Unknown, |baseline| baseline.then(&entry.id, cause));
        if baseline == Then::Had {
            return Cure::WouldNot(format!("{can}, but the baseline run already had it"));
        }
        let had = |service: &&&str| self.earlier.of(&entry.id, service) == Then::Had;
        let (had, open): (Vec<&str>, Vec<&str>) = involved.iter().partition(had);
        if open.is_empty() {
            return Cure::WouldNot(format!("by its manifest, {} had it too", self.before(&had)));
        }
        self.would(entry, &open, baseline)
    }

    /// Returns what a rollback does to a fault that the deployment of these services may have caused.
    fn would(&self, entry: &Entry, services: &[&str], baseline: Then) -> Cure {
        let can = can_cause(&entry.involves);
        if let Some(service) = services.iter().find(|service| self.previous_of(service).is_none()) {
            return Cure::Open(format!("{can}; name the revision to go back to: `--previous {service}=REVISION`"));
        }
        if let Some(says) = services.iter().find_map(|service| self.gets_no_traffic(service)) {
            return Cure::Open(format!("{can}, but {says}"));
        }
        let another = |service: &&&str| self.earlier.of(&entry.id, service) == Then::HadAnother;
        if let Some(service) = services.iter().find(another) {
            let before = self.before(&[*service]);
            return Cure::Open(format!("by its manifest, {before} did not have it, but had another fault"));
        }
        let ruled_out = services.iter().all(|service| self.earlier.of(&entry.id, service) == Then::HadNot);
        let others: Vec<&str> =
            entry.involves.iter().map(String::as_str).filter(|end| !services.contains(end)).collect();
        let before = self.before(services);
        match (ruled_out, baseline, others.as_slice()) {
            (true, ..) => Cure::Would(format!("{can}, and by its manifest, {before} did not have it")),
            (_, Then::HadNot, _) => Cure::Would(format!("{can}, and the baseline run did not have it")),
            (.., []) => Cure::Would(format!("{can}, and no evidence shows that {before} had it")),
            (.., others) => Cure::Open(format!(
                "{can}, but {} was not deployed and may have changed too; the manifest of {before} would show it: `--previous {}=FILE.json`",
                listed(others, "or"),
                services[0]
            )),
        }
    }

    /// Returns what a rollback does to each service that lost a required variable.
    pub(crate) fn lost_cures(&self, lost: &Lost) -> impl Iterator<Item = (String, Cure)> {
        let cure = |(service, of): (&String, &LostByService)| {
            let before = self.before(&[service.as_str()]);
            let cure = if self.previous_of(service).is_none() {
                Cure::Open(format!("name the revision to go back to: `--previous {service}=REVISION`"))
            } else if let Some(says) = self.gets_no_traffic(service) {
                Cure::Open(says)
            } else if of.before_is_known {
                Cure::Would(format!("by its manifest, {before} has what {service} lost: {}", of.variables.join(", ")))
            } else {
                let variables = listed(&of.variables, "and");
                Cure::Would(format!("no evidence shows that {before} lacks {variables} too"))
            };
            (lost.finding.id.clone(), cure)
        };
        lost.services.iter().map(cure)
    }

    /// Returns the previous revisions of these services, by name if they are known.
    fn before(&self, services: &[&str]) -> String {
        let name = |service: &&str| {
            self.previous_of(service)
                .map_or_else(|| format!("the previous revision of {service}"), |one| one.revision.clone())
        };
        listed(&services.iter().map(name).collect::<Vec<_>>(), "and")
    }

    /// Returns the reason if the deployed revision gets no traffic: then there is nothing to roll back.
    ///
    /// The newest revision also has no traffic while it does not start; that is not such a case.
    fn gets_no_traffic(&self, service: &str) -> Option<String> {
        let manifest = self.manifests.get(&with_role(service)?).filter(|manifest| !manifest.traffic.is_empty())?;
        let revision = self.deployed.iter().find(|(name, _)| name == service).map(|(_, revision)| revision)?;
        if manifest.ready == Some(false) && manifest.latest_created.as_ref() == Some(revision) {
            return None;
        }
        let newest = |name: &str| name == NEWEST && manifest.latest_created.as_ref().is_none_or(|new| new == revision);
        let gets = manifest.traffic.iter().any(|(name, _)| name == revision || newest(name));
        let those: Vec<&str> = manifest.traffic.iter().map(|(name, _)| name.as_str()).collect();
        let those = listed(&those, "and");
        (!gets).then(|| {
            format!(
                "by the manifest, {revision} gets no traffic, so there is nothing to roll back; traffic goes to {those}"
            )
        })
    }
}

/// Returns `a deploy of backend or auth can cause it`: both ends of a mismatch are named.
fn can_cause(services: &[String]) -> String {
    format!("a deploy of {} can cause it", listed(services, "or"))
}

/// Returns a list such as `a, b and c`.
pub(crate) fn listed(names: &[impl AsRef<str>], word: &str) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;

    use crate::diagnose::Catalogue;
    use crate::evidence::Manifest;
    use crate::fixtures::staging;
    use crate::gate::{Earlier, Gate};
    use crate::terms::Service;

    #[rstest]
    #[case::traffic_elsewhere(Some(true), "b-2", "b-1", true)]
    #[case::traffic_here(Some(true), "b-2", "b-2", false)]
    #[case::the_newest_does_not_start(Some(false), "b-2", "b-1", false)]
    #[case::another_one_does_not_start(Some(false), "b-3", "b-1", true)]
    fn a_revision_without_traffic_needs_no_rollback(
        #[case] ready: Option<bool>,
        #[case] newest: &str,
        #[case] serves: &str,
        #[case] expected: bool,
    ) {
        let traffic = vec![(serves.to_owned(), 100)];
        let manifest = Manifest { ready, latest_created: Some(newest.to_owned()), traffic, ..Manifest::default() };
        let gate = Gate {
            target: &staging(),
            catalogue: Catalogue::shipped(),
            deployed: &[("backend".to_owned(), "b-2".to_owned())],
            previous: &[],
            manifests: &BTreeMap::from([(Service::Backend, manifest)]),
            earlier: &Earlier::default(),
            baseline: None,
            lost: None,
            unexplained: None,
        };
        assert_eq!(gate.gets_no_traffic("backend").is_some(), expected);
    }
}
