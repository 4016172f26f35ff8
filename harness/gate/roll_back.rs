//! The commands that roll back, with the deployed names of the target.

use crate::diagnose::{Cause, Entry};
use crate::gate::earlier::Then;
use crate::gate::{Gate, candidates};
use crate::platform::rollback;
use crate::report::RollBack;

impl Gate<'_> {
    /// Returns one command per deployed service that a candidate involves, unless its previous revision had all of
    /// these candidates.
    pub(crate) fn commands(&self, causes: &[Cause]) -> Vec<RollBack> {
        let entries: Vec<Entry> =
            causes.iter().flat_map(candidates).filter_map(|id| self.catalogue.entry(id)).collect();
        let is_lost =
            |service: &str| self.lost.is_some_and(|lost| causes.is_empty() && lost.services.contains_key(service));
        let brought = |service: &str| {
            let by = |entry: &&Entry| entry.involves.iter().any(|end| end == service);
            entries.iter().filter(by).any(|entry| self.earlier.of(&entry.id, service) != Then::Had)
        };
        let of = |(service, from): &(String, String)| {
            let to = self.previous_of(service).filter(|_| brought(service) || is_lost(service))?.revision.clone();
            let command = rollback::to_revision(self.target, service, &to);
            Some(RollBack { service: service.clone(), from: from.clone(), to, command })
        };
        self.deployed.iter().filter_map(of).collect()
    }
}
