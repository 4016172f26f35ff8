//! Decision trees over the traits. Equal subtrees are one node.

use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use super::setting::{Place, Setting};
use crate::predict::traits::Trait;
use crate::predict::world::{Step, Unset};

/// The place of a node among the nodes of its forest.
pub(super) type NodeId = u32;

/// A node of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Node<L> {
    /// Nothing more is asked.
    Leaf(L),
    /// The value of this trait decides. There is a node for each value, in their order.
    Asks(Trait, Box<[NodeId]>),
}

/// Trees that share their nodes.
#[derive(Debug)]
pub(super) struct Forest<L> {
    nodes: Vec<Node<L>>,
    known: FxHashMap<Node<L>, NodeId>,
}

impl<L> Default for Forest<L> {
    fn default() -> Self {
        Self { nodes: Vec::new(), known: FxHashMap::default() }
    }
}

impl<L: Copy + Eq + Hash> Forest<L> {
    pub(super) fn leaf(&mut self, leaf: L) -> NodeId {
        self.id_of(Node::Leaf(leaf))
    }

    /// Returns the node for a trait, given one node for each value. A value that changes nothing is not asked for.
    pub(super) fn asks(&mut self, of: Trait, next: Box<[NodeId]>) -> NodeId {
        if next.iter().all(|one| *one == next[0]) { next[0] } else { self.id_of(Node::Asks(of, next)) }
    }

    /// Returns the leaf to which the values of the traits lead.
    pub(super) fn leaf_at(&self, root: NodeId, setting: &mut Setting) -> Step<L> {
        let mut at = root;
        loop {
            match &self.nodes[at as usize] {
                Node::Leaf(leaf) => return Ok(*leaf),
                Node::Asks(of, next) => at = next[usize::from(setting.ask(*of).ok_or(Unset(*of))?)],
            }
        }
    }

    /// Returns the trait that the root asks for, and the number of its values. `None`: the root is a leaf.
    pub(super) fn question(&self, root: NodeId) -> Option<(Trait, usize)> {
        match &self.nodes[root as usize] {
            Node::Leaf(_) => None,
            Node::Asks(of, next) => Some((*of, next.len())),
        }
    }

    /// Returns the tree where the trait has this value.
    pub(super) fn given(&mut self, root: NodeId, of: Trait, place: Place) -> NodeId {
        match &self.nodes[root as usize] {
            Node::Leaf(_) => root,
            Node::Asks(own, next) if *own == of => next[usize::from(place)],
            Node::Asks(own, next) => {
                let (own, next) = (*own, next.clone());
                let next = next.iter().map(|one| self.given(*one, of, place)).collect();
                self.asks(own, next)
            }
        }
    }

    /// Adds the tree to another forest, each leaf as `of` says.
    pub(super) fn mapped<M: Copy + Eq + Hash>(
        &self,
        root: NodeId,
        into: &mut Forest<M>,
        of: &dyn Fn(L) -> M,
    ) -> NodeId {
        self.mapped_once(root, into, of, &mut FxHashMap::default())
    }

    fn mapped_once<M: Copy + Eq + Hash>(
        &self,
        root: NodeId,
        into: &mut Forest<M>,
        of: &dyn Fn(L) -> M,
        done: &mut FxHashMap<NodeId, NodeId>,
    ) -> NodeId {
        if let Some(known) = done.get(&root) {
            return *known;
        }
        let mapped = match &self.nodes[root as usize] {
            Node::Leaf(leaf) => into.leaf(of(*leaf)),
            Node::Asks(own, next) => {
                let next = next.iter().map(|one| self.mapped_once(*one, into, of, done)).collect();
                into.asks(*own, next)
            }
        };
        done.insert(root, mapped);
        mapped
    }

    /// Returns every leaf of a tree.
    pub(super) fn leaves(&self, root: NodeId) -> impl Iterator<Item = L> {
        self.under(vec![root]).filter_map(|node| match node {
            Node::Leaf(leaf) => Some(*leaf),
            Node::Asks(..) => None,
        })
    }

    /// Returns every trait that one of these trees asks for, with the nodes for its values.
    pub(super) fn questions(&self, roots: Vec<NodeId>) -> impl Iterator<Item = (Trait, &[NodeId])> {
        self.under(roots).filter_map(|node| match node {
            Node::Leaf(_) => None,
            Node::Asks(of, next) => Some((*of, &**next)),
        })
    }

    /// Returns every node of these trees, each once.
    fn under(&self, mut open: Vec<NodeId>) -> impl Iterator<Item = &Node<L>> {
        let mut seen = FxHashSet::default();
        std::iter::from_fn(move || {
            let at = std::iter::from_fn(|| open.pop()).find(|at| seen.insert(*at))?;
            let node = &self.nodes[at as usize];
            if let Node::Asks(_, next) = node {
                open.extend(next.iter().copied());
            }
            Some(node)
        })
    }

    fn id_of(&mut self, node: Node<L>) -> NodeId {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let id = NodeId::try_from(self.nodes.len()).expect("fewer nodes than fit in memory");
        self.nodes.push(node.clone());
        self.known.insert(node, id);
        id
    }
}
