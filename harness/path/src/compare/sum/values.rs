//! The values of the traits that some trees ask for. Values that no tree tells apart are joined.

use super::setting::Place;
use super::tree::{Forest, NodeId};
use crate::predict::topology::Topology;
use crate::predict::traits::Trait;

/// The values of some traits, each with its probability.
#[derive(Debug, Default)]
pub(super) struct Values(Vec<(Trait, Vec<(Place, f64)>)>);

impl Values {
    /// Returns the values of the traits that these trees ask for and that `counts` holds for.
    pub(super) fn of<L: Copy + Eq + std::hash::Hash>(
        forest: &Forest<L>,
        roots: Vec<NodeId>,
        counts: fn(Trait) -> bool,
        (topology, endpoint): (&Topology, usize),
    ) -> Self {
        let mut by_trait: Vec<(Trait, Vec<&[NodeId]>)> = Vec::new();
        for (of, next) in forest.questions(roots).filter(|(of, _)| counts(*of)) {
            match by_trait.iter_mut().find(|(known, _)| *known == of) {
                Some((_, all)) if all.contains(&next) => {}
                Some((_, all)) => all.push(next),
                None => by_trait.push((of, vec![next])),
            }
        }
        let priors = |of: Trait| topology.values_at(of, endpoint).iter().map(|(_, prior)| *prior);
        Self(by_trait.iter().map(|(of, all)| (*of, joined(priors(*of), all))).collect())
    }

    /// Returns each value of a trait with its probability.
    pub(super) fn each(&self, of: Trait) -> &[(Place, f64)] {
        self.0.iter().find(|(known, _)| *known == of).map_or(&[], |(_, values)| values)
    }
}

/// Joins the values that lead to the same nodes everywhere.
fn joined(priors: impl Iterator<Item = f64>, nodes: &[&[NodeId]]) -> Vec<(Place, f64)> {
    let mut classes: Vec<(Place, f64)> = Vec::new();
    for (place, prior) in (0..).zip(priors) {
        let is_alike = |other: Place| nodes.iter().all(|next| next[usize::from(place)] == next[usize::from(other)]);
        match classes.iter_mut().find(|(other, _)| is_alike(*other)) {
            Some((_, sum)) => *sum += prior,
            None => classes.push((place, prior)),
        }
    }
    classes
}
