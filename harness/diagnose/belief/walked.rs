//! How requests end under each set of changes. Within a diagnosis, each is walked once.

use std::collections::HashMap;

use fivewhys_path::{
    Decisions, Evidence, Likelihood, Patch, Reading, Shared, Stop, Topology, World, at_best, likelihood,
};

/// The systems with each set of changes that a diagnosis has compared so far.
pub(super) struct Walked<'t> {
    topology: &'t Topology,
    decisions: HashMap<Vec<(Stop, Patch)>, Decisions<'t>>,
    /// Holds for the evidence that was compared last.
    shared: Shared,
}

impl<'t> Walked<'t> {
    pub(super) fn new(topology: &'t Topology) -> Self {
        Self { topology, decisions: HashMap::new(), shared: Shared::default() }
    }

    /// Forgets what holds for the evidence so far: it is about to change.
    pub(super) fn forget_the_evidence(&mut self) {
        self.shared = Shared::default();
    }

    pub(super) fn likelihood(&mut self, patches: &[(Stop, Patch)], evidence: &Evidence) -> Likelihood {
        let Self { topology, decisions, shared } = self;
        likelihood(decided(decisions, topology, patches), evidence, shared)
    }

    /// Returns the likelihood with the changes of two faults. Few pairs are compared, and each once: their decisions are not kept.
    pub(super) fn likelihood_of_both(&mut self, patches: Vec<(Stop, Patch)>, evidence: &Evidence) -> Likelihood {
        likelihood(&mut Decisions::new(World::new(self.topology, patches)), evidence, &mut self.shared)
    }

    /// Returns how likely each reading is by itself at best, as a logarithm.
    pub(super) fn at_best(&mut self, patches: &[(Stop, Patch)], readings: &[&Reading]) -> Vec<f64> {
        at_best(decided(&mut self.decisions, self.topology, patches), readings)
    }
}

fn decided<'d, 't>(
    known: &'d mut HashMap<Vec<(Stop, Patch)>, Decisions<'t>>,
    topology: &'t Topology,
    patches: &[(Stop, Patch)],
) -> &'d mut Decisions<'t> {
    let walked = || Decisions::new(World::new(topology, patches.to_vec()));
    known.entry(patches.to_vec()).or_insert_with(walked)
}
