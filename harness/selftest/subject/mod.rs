//! What is examined: twins with one fault, with two, with none. Sits in `selftest`; the choice of pairs is seeded, so a run can be repeated.

pub(crate) mod mask;
pub(crate) mod recorded;
pub(crate) mod replay;

use fastrand::Rng;
use fivewhys_mocks::{Dialect, Fault};

/// Recordings of each fault: two are needed to learn what differs by chance.
pub(crate) const REPETITIONS: usize = 2;

/// Faults under which services are waited for; only how runs are scheduled depends on it.
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
    /// What is broken in it.
    pub faults: Vec<Fault>,
    /// Whose code it behaves like.
    pub dialect: Dialect,
    /// What its noise is drawn by; nothing where it has none.
    pub noise: Option<u64>,
}

impl Subject {
    /// At most one fault, in still weather.
    pub(crate) fn is_single(&self) -> bool {
        self.faults.len() < 2 && self.noise.is_none()
    }

    /// Whether most calls to it end by time alone.
    pub(crate) fn waits(&self) -> bool {
        self.faults.iter().any(|fault| WAITED_FOR.contains(fault))
    }
}

/// Every fault by itself, and the healthy system, each as often as it takes to know what differs by chance.
pub(crate) fn singles(faults: &[Fault], dialects: &[Dialect]) -> Vec<Subject> {
    let sets = faults.iter().map(|fault| vec![*fault]).chain([Vec::new()]);
    let sets: Vec<Vec<Fault>> = sets.collect();
    let each = dialects.iter().flat_map(|dialect| sets.iter().map(move |faults| (faults.clone(), *dialect)));
    each.flat_map(|(faults, dialect)| {
        (0..REPETITIONS).map(move |_| Subject { faults: faults.clone(), dialect, noise: None })
    })
    .collect()
}

/// One dialect, drawn.
pub(crate) fn one_of(dialects: &[Dialect], draw: &mut Rng) -> Vec<Dialect> {
    draw.choice(dialects).into_iter().copied().collect()
}

/// Every fault by itself once, each with noise of its own.
pub(crate) fn noisy(faults: &[Fault], dialects: &[Dialect], draw: &mut Rng) -> Vec<Subject> {
    let each = dialects.iter().flat_map(|dialect| faults.iter().map(move |fault| (*fault, *dialect)));
    each.map(|(fault, dialect)| Subject { faults: vec![fault], dialect, noise: Some(draw.u64(..)) }).collect()
}

/// Pairs of faults of different hops, no pair twice in one dialect. Fewer where there are not so many.
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

/// Healthy systems, the dialects in turn: so many with noise, each with its own, and so many without.
pub(crate) fn healthy(noisy: usize, quiet: usize, dialects: &[Dialect], draw: &mut Rng) -> Vec<Subject> {
    let turn = dialects.iter().cycle().take(noisy + quiet).enumerate();
    turn.map(|(at, dialect)| {
        let noise = (at < noisy).then(|| draw.u64(..));
        Subject { faults: Vec::new(), dialect: *dialect, noise }
    })
    .collect()
}

/// The hop of a fault's id.
pub(crate) fn hop(fault: &str) -> &str {
    fault.split('/').next().unwrap_or(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_lie_in_different_hops_and_one_seed_gives_the_same_ones() {
        let drawn = |seed| pairs(10, Fault::ALL, Dialect::ALL, &mut Rng::with_seed(seed));
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        assert_eq!(drawn(1).len(), 10);
        for pair in drawn(1) {
            assert_ne!(hop(pair.faults[0].id()), hop(pair.faults[1].id()), "{pair:?}");
        }
    }

    #[test]
    fn every_fault_is_recorded_twice_in_every_dialect_and_so_is_the_healthy_system() {
        let subjects = singles(Fault::ALL, Dialect::ALL);
        assert_eq!(subjects.len(), (Fault::ALL.len() + 1) * Dialect::ALL.len() * REPETITIONS);
    }
}
