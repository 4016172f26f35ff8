//! How requests end under each set of changes. Within a diagnosis, each is walked once.

use std::collections::HashMap;

use fivewhys_path::{Decisions, Evidence, Likelihood, Patch, Reading, Stop, Topology, World, at_best, likelihood};

/// The systems with each set of changes that a diagnosis has compared so far.
pub(super) struct Walked<'t> {
    topology: &'t Topology,
    decisions: HashMap<Vec<(Stop, Patch)>, Decisions<'t>>,
}

impl<'t> Walked<'t> {
    pub(super) fn new(topology: &'t Topology) -> Self {
        Self { topology, decisions: HashMap::new() }
    }

    pub(super) fn likelihood(&mut self, patches: &[(Stop, Patch)], evidence: &Evidence) -> Likelihood {
        likelihood(self.with(patches), evidence)
    }

    /// Returns the likelihood with the changes of two faults. Few pairs are compared, and each once: nothing is kept.
    pub(super) fn likelihood_of_both(&self, patches: Vec<(Stop, Patch)>, evidence: &Evidence) -> Likelihood {
        likelihood(&mut Decisions::new(World::new(self.topology, patches)), evidence)
    }

    /// Returns how likely each reading is by itself at best, as a logarithm.
    pub(super) fn at_best(&mut self, patches: &[(Stop, Patch)], readings: &[&Reading]) -> Vec<f64> {
        at_best(self.with(patches), readings)
    }

    fn with(&mut self, patches: &[(Stop, Patch)]) -> &mut Decisions<'t> {
        let walked = || Decisions::new(World::new(self.topology, patches.to_vec()));
        self.decisions.entry(patches.to_vec()).or_insert_with(walked)
    }
}
