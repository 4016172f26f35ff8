//! How requests end under one hypothesis, by the values of the traits that decide it.
//!
//! Each request is walked once for each setting of the traits that it asks for, and never again.

use rustc_hash::FxHashMap;

use super::tree::{Forest, NodeId};
use crate::compare::emission::is_possible;
use crate::compare::reading::Reading;
use crate::predict::call_seen::CallsSeen;
use crate::predict::ending::{Ending, Reason};
use crate::predict::request::Request;
use crate::predict::traits::{Trait, Value};
use crate::predict::walk::walk;
use crate::predict::world::{Unset, World};

/// How a request ends: always, or else with a chance in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Ends {
    pub(super) usual: Ending,
    /// The bits of the chance, and the other ending.
    other: Option<(u64, Ending)>,
}

impl Ends {
    /// Returns each ending with its chance, the usual one first.
    pub(super) fn each(&self) -> impl Iterator<Item = (f64, Ending)> {
        let share = self.other.map_or(0.0, |(bits, _)| f64::from_bits(bits));
        std::iter::once((1.0 - share, self.usual)).chain(self.other.map(|(_, ending)| (share, ending)))
    }

    pub(super) const fn depend_on_chance(&self) -> bool {
        self.other.is_some()
    }

    /// Returns what a reading can tell of these endings. `None`: it is firm, and none of them is possible.
    fn seen_by(self, reading: &Reading) -> Option<Self> {
        if reading.firm && !self.each().any(|(_, ending)| is_possible(&ending, reading)) {
            return None;
        }
        let told = |ending: Ending| Ending {
            calls: if reading.call.is_some() { ending.calls } else { CallsSeen::QUIET },
            why_not: if reading.auth_said.is_empty() { Reason::None } else { ending.why_not },
            ..ending
        };
        Some(Self { usual: told(self.usual), other: self.other.map(|(share, ending)| (share, told(ending))) })
    }
}

/// How requests end under one hypothesis.
pub struct Decisions<'t> {
    pub(super) world: World<'t>,
    forest: Forest<Ends>,
    walked: FxHashMap<Request, NodeId>,
    /// The trees that join two others: as a request usually ends, and as it ends where an effect shows that comes and goes.
    joined: FxHashMap<[NodeId; 2], NodeId>,
}

impl<'t> Decisions<'t> {
    /// Returns the decisions in a system that is like this world. No request is walked yet.
    #[must_use]
    pub fn new(world: World<'t>) -> Self {
        Self { world, forest: Forest::default(), walked: FxHashMap::default(), joined: FxHashMap::default() }
    }

    /// Adds the tree of a reading's request to a forest. Its leaves are what this reading can tell of the endings.
    pub(super) fn tree_of(&mut self, reading: &Reading, into: &mut Forest<Option<Ends>>) -> NodeId {
        let root = self.root(&reading.request);
        self.forest.mapped(root, into, &|ends| ends.seen_by(reading))
    }

    fn root(&mut self, request: &Request) -> NodeId {
        if let Some(known) = self.walked.get(request) {
            return *known;
        }
        self.world.dice = false;
        let usual = self.grown(request);
        let root = if self.world.is_random() {
            self.world.dice = true;
            let other = self.grown(request);
            self.world.dice = false;
            self.both([usual, other])
        } else {
            usual
        };
        self.walked.insert(*request, root);
        root
    }

    /// Walks the request once for each setting of the traits that it asks for.
    fn grown(&mut self, request: &Request) -> NodeId {
        let before = self.world.tried();
        let usual = self.world.trying(|world| walk(world, request)).expect("each trait has a first value");
        let mut node = self.forest.leaf(Ends { usual, other: None });
        // The last trait that was asked for branches first.
        while let Some(of) = self.world.last_tried(before) {
            let others = &self.world.topology.values_at(of, request.endpoint)[1..];
            let rest = others.iter().map(|(value, _)| {
                self.world.set(of, Some(*value));
                self.grown(request)
            });
            let next = std::iter::once(node).chain(rest).collect();
            self.world.set(of, None);
            node = self.forest.asks(of, next);
        }
        node
    }

    /// Joins the tree of the usual endings with that of the others.
    fn both(&mut self, [usual, other]: [NodeId; 2]) -> NodeId {
        if usual == other {
            return usual;
        }
        if let Some(known) = self.joined.get(&[usual, other]) {
            return *known;
        }
        let question = self.forest.question(usual).or_else(|| self.forest.question(other));
        let joined = match question {
            Some((of, values)) => {
                let each = 0..u8::try_from(values).expect("a trait has few values");
                let next = each.map(|place| {
                    let of_value = [usual, other].map(|root| self.forest.given(root, of, place));
                    self.both(of_value)
                });
                let next = next.collect();
                self.forest.asks(of, next)
            }
            None => self.by_share(usual, other),
        };
        self.joined.insert([usual, other], joined);
        joined
    }

    fn by_share(&mut self, usual: NodeId, other: NodeId) -> NodeId {
        match self.world.share() {
            Ok(share) => {
                let [usual, other] = [usual, other].map(|leaf| self.forest.leaves(leaf).next().expect("a leaf").usual);
                self.forest.leaf(Ends { usual, other: Some((share.to_bits(), other)) })
            }
            Err(Unset(of)) => {
                let values = self.world.topology.values_at(of, 0);
                self.by_each(of, values, |decisions| decisions.by_share(usual, other))
            }
        }
    }

    /// Returns the node for a trait, whose values the world takes in turn.
    fn by_each(&mut self, of: Trait, values: &[(Value, f64)], mut node: impl FnMut(&mut Self) -> NodeId) -> NodeId {
        let next = values.iter().map(|(value, _)| {
            self.world.set(of, Some(*value));
            node(self)
        });
        let next = next.collect();
        self.world.set(of, None);
        self.forest.asks(of, next)
    }
}
