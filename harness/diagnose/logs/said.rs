//! What the components say in their logs about the probes that they did not serve.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Target;
use crate::diagnose::logs::access::access;
use crate::diagnose::logs::attribution::Logbook;
use crate::evidence::LogEntry;
use crate::observe::{Observation, Outcome};
use crate::statements::{Meaning, specific_meanings};
use crate::terms::{Hop, Service};

/// What was said about each exchange that did not succeed.
pub(crate) type Said = BTreeMap<u32, Vec<Meaning>>;

impl Logbook<'_> {
    /// Reads the lines of the component that was called, in the window of each exchange. What it also says while calls
    /// succeed says nothing.
    pub(crate) fn said(&self, all: &[&Observation], target: &Target) -> Said {
        let service = |seen: &Observation| Some(target.endpoints.get(&seen.probe.endpoint)?.service);
        let of: BTreeMap<u32, (&Observation, Service)> =
            all.iter().filter_map(|seen| Some((seen.exchange, (*seen, service(seen)?)))).collect();
        let (mut said, mut usual) = (Said::new(), BTreeSet::new());
        for entry in self.of_probes().filter(|entry| entry.platform_request().is_none()) {
            let Some((seen, service)) = self.window_of(entry).and_then(|window| of.get(&window.exchange())) else {
                continue;
            };
            let is_its_own = match service {
                Service::Backend => matches!(entry.by, Hop::Backend | Hop::Edge),
                Service::Auth => entry.by == Hop::Auth,
            };
            if !is_its_own {
                continue;
            }
            // The status of an access line repeats the response.
            let is_access = access(&entry.text).is_some();
            let mut meanings = if is_access { Vec::new() } else { specific_meanings(&entry.text) };
            if seen.result == Outcome::NotFound && entry.by == Hop::Backend {
                meanings.extend(access(&entry.text).and_then(|line| line.route(&seen.probe.endpoint, target)));
            }
            if seen.result == Outcome::Ok {
                usual.extend(meanings);
            } else {
                said.entry(seen.exchange).or_default().extend(meanings);
            }
        }
        said.values_mut().for_each(|meanings| meanings.retain(|meaning| !usual.contains(meaning)));
        said.retain(|_, meanings| !meanings.is_empty());
        said
    }

    /// Reports whether the backend wrote an access line during a failing probe: then it runs.
    pub(crate) fn backend_is_at_work(&self) -> bool {
        let own = |entry: &&LogEntry| entry.is_own_line_of(Hop::Backend);
        let is_of_a_failure = |entry: &LogEntry| self.failing().any(|window| self.is_in(entry, window));
        self.of_probes().filter(own).any(|entry| is_of_a_failure(entry) && access(&entry.text).is_some())
    }
}
