//! Diagnoses a recording offline. The recording answers every probe of the diagnosis.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::diagnose::{Catalogue, Cause, diagnose, every_probe, next_probe};
use crate::observe::Observation;
use crate::probe::ProbeKey;
use crate::selftest::subject::cpu;
use crate::selftest::subject::mask::View;

/// The result of a replay.
#[derive(Debug)]
pub(crate) struct Replay {
    /// The verdict.
    pub causes: Vec<Cause>,
    /// The exchanges of the scenarios and of the probes that the diagnosis sent.
    pub shown: BTreeSet<u32>,
    /// Probes that it sent.
    pub asked: usize,
    /// How many of these were not recorded. They count as not sent.
    pub unanswered: usize,
    /// Probes that it could have sent at the beginning.
    pub every: usize,
    /// The CPU time of the last verdict.
    pub took: Duration,
}

/// Sends probes and concludes as a run does, within the target's budget of probes.
pub(crate) fn replay(view: &View) -> Replay {
    let catalogue = Catalogue::shipped();
    let mut observations = view.driven.clone();
    let every = every_probe(view.given(&observations)).len();
    let (mut refused, mut unanswered): (Vec<ProbeKey>, usize) = (Vec::new(), 0);
    for _ in 0..view.target.budget.diagnosis_probes {
        let Some(key) = next_probe(view.given(&observations), catalogue, &refused) else { break };
        let given = |one: &Observation| observations.iter().any(|known| known.exchange == one.exchange);
        match view.pool.iter().find(|one| one.probe == key && !given(one)) {
            Some(answer) => observations.push(answer.clone()),
            None => unanswered += 1,
        }
        refused.push(key);
    }
    let start = cpu::of_thread();
    let causes = diagnose(view.given(&observations), catalogue);
    Replay {
        causes,
        took: cpu::of_thread().saturating_sub(start),
        shown: observations.iter().map(|one| one.exchange).collect(),
        asked: refused.len(),
        unanswered,
        every,
    }
}
