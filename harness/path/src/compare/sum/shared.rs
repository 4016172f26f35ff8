//! What the hypotheses of one comparison share: equal trees, and the results of endpoints with equal trees.
//!
//! Most hypotheses leave most endpoints as they are. Their requests then end by the same trees, so the sums are the same.

use rustc_hash::FxHashMap;

use super::decision::Ends;
use super::memory::Memory;
use super::so_far::Fit;
use super::tree::{Forest, NodeId};

/// An endpoint, by its place in the evidence, with the trees of its readings.
pub(super) type Key = (usize, Box<[NodeId]>);

/// What the comparisons of several hypotheses with the same evidence share.
///
/// Everything in it holds for one evidence and one topology: take a new one for another.
#[derive(Debug, Default)]
pub struct Shared {
    pub(super) forest: Forest<Option<Ends>>,
    known: FxHashMap<Key, Memory<Fit>>,
}

impl Shared {
    /// Takes what is known of an endpoint with these trees, until it is given back.
    pub(super) fn take(&mut self, key: &Key) -> Memory<Fit> {
        self.known.get_mut(key).map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn give_back(&mut self, key: Key, memory: Memory<Fit>) {
        self.known.insert(key, memory);
    }
}
