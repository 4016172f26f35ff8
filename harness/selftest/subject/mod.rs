//! What is examined: twins with one fault, with two faults, and without a fault. A seed draws the pairs, so an exam can be repeated.
//!
//! Start at [`Subject`].
//!
//! - `cpu`: the CPU time of a verdict and of an exam
//! - `mask`: what a set of evidence shows of a recording
//! - `recorded`: a subject with its recording
//! - `replay`: diagnoses a recording offline
//!
//! Invariant: this folder touches no network.

pub(crate) mod cpu;
pub(crate) mod mask;
pub(crate) mod recorded;
pub(crate) mod replay;

use fastrand::Rng;
use fivewhys_mocks::{Dialect, Fault};

/// Recordings of each fault. Two show what differs by chance.
pub(crate) const REPETITIONS: usize = 2;

/// Faults that make calls wait until a timeout. Only the scheduling of runs depends on this list.
const WAITED_FOR: [Fault; 9] = [
    Fault::BackendHanging,
    Fault::AuthHanging,
    Fault::AuthUnreachable,
    Fault::AgentsTimeout,
    Fault::AuthSlow,
    Fault::WebsocketSilent,
    Fault::NoEvents,
    Fault::ProbeBudgetTooShort,
    Fault::EdgeTimeout,
];

/// One twin to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// Its faults.
    pub faults: Vec<Fault>,
    /// Its dialect.
    pub dialect: Dialect,
    /// The seed of its noise, if it has noise.
    pub noise: Option<u64>,
}

impl Subject {
    /// Reports whether it has at most one fault and no noise.
    pub(crate) fn is_single(&self) -> bool {
        self.faults.len() < 2 && self.noise.is_none()
    }

    /// Reports whether most calls to it end by a timeout.
    pub(crate) fn waits(&self) -> bool {
        self.faults.iter().any(|fault| WAITED_FOR.contains(fault))
    }
}

/// Returns every fault by itself and the healthy system, each [`REPETITIONS`] times.
pub(crate) fn singles(faults: &[Fault], dialects: &[Dialect]) -> Vec<Subject> {
    let sets = faults.iter().map(|fault| vec![*fault]).chain([Vec::new()]);
    let sets: Vec<Vec<Fault>> = sets.collect();
    let each = dialects.iter().flat_map(|dialect| sets.iter().map(move |faults| (faults.clone(), *dialect)));
    each.flat_map(|(faults, dialect)| {
        (0..REPETITIONS).map(move |_| Subject { faults: faults.clone(), dialect, noise: None })
    })
    .collect()
}

/// Draws one dialect.
pub(crate) fn one_of(dialects: &[Dialect], draw: &mut Rng) -> Vec<Dialect> {
    draw.choice(dialects).into_iter().copied().collect()
}

/// Returns every fault by itself once, each with its own noise.
pub(crate) fn noisy(faults: &[Fault], dialects: &[Dialect], draw: &mut Rng) -> Vec<Subject> {
    let each = dialects.iter().flat_map(|dialect| faults.iter().map(move |fault| (*fault, *dialect)));
    each.map(|(fault, dialect)| Subject { faults: vec![fault], dialect, noise: Some(draw.u64(..)) }).collect()
}

/// Draws pairs of faults of different hops, no pair twice in one dialect. Returns fewer than `count` if there are fewer pairs.
pub(crate) fn pairs(count: usize, faults: &[Fault], dialects: &[Dialect], draw: &mut Rng) -> Vec<Subject> {
    let mut all: Vec<Subject> = Vec::new();
    for dialect in dialects {
        for (at, a) in faults.iter().enumerate() {
            let others = faults[at + 1..].iter().filter(|b| hop(a.id()) != hop(b.id()));
            all.extend(others.map(|b| Subject { faults: vec![*a, *b], dialect: *dialect, noise: None }));
        }
    }
    draw.shuffle(&mut all);
    all.truncate(count);
    all
}

/// Returns healthy systems, with the dialects in turn: first `noisy` systems with noise, then `quiet` systems without.
pub(crate) fn healthy(noisy: usize, quiet: usize, dialects: &[Dialect], draw: &mut Rng) -> Vec<Subject> {
    let turn = dialects.iter().cycle().take(noisy + quiet).enumerate();
    turn.map(|(at, dialect)| {
        let noise = (at < noisy).then(|| draw.u64(..));
        Subject { faults: Vec::new(), dialect: *dialect, noise }
    })
    .collect()
}

/// Returns the hop in a fault's id.
pub(crate) fn hop(fault: &str) -> &str {
    fault.split('/').next().unwrap_or(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_have_different_hops_and_a_seed_repeats_them() {
        let drawn = |seed| pairs(10, Fault::ALL, Dialect::ALL, &mut Rng::with_seed(seed));
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        assert_eq!(drawn(1).len(), 10);
        for pair in drawn(1) {
            assert_ne!(hop(pair.faults[0].id()), hop(pair.faults[1].id()), "{pair:?}");
        }
    }

    #[test]
    fn every_fault_and_the_healthy_system_are_recorded_twice() {
        let subjects = singles(Fault::ALL, Dialect::ALL);
        assert_eq!(subjects.len(), (Fault::ALL.len() + 1) * Dialect::ALL.len() * REPETITIONS);
    }
}
