//! The sum over the traits that one endpoint has for itself.

use super::decision::{Decisions, Ends};
use super::memory::Memory;
use super::setting::{Place, Setting};
use super::shared::Key;
use super::so_far::{Fit, SoFar};
use super::tree::{Forest, NodeId};
use super::values::Values;
use crate::compare::reading::Reading;
use crate::predict::traits::{OF_THE_SYSTEM, Trait};
use crate::predict::world::{Step, Unset};

/// The readings of one endpoint, with the trees and the traits that decide how their requests end.
pub(super) struct OfEndpoint<'e> {
    readings: &'e [Reading],
    /// The tree of each reading.
    pub(super) roots: Vec<NodeId>,
    values: Values,
}

impl<'e> OfEndpoint<'e> {
    pub(super) fn new(
        decisions: &mut Decisions<'_>,
        readings: &'e [Reading],
        forest: &mut Forest<Option<Ends>>,
    ) -> Self {
        let roots: Vec<NodeId> = readings.iter().map(|reading| decisions.tree_of(reading, forest)).collect();
        let at = (decisions.world.topology, readings[0].request.endpoint);
        let values = Values::of(forest, roots.clone(), Trait::is_local, at);
        Self { readings, roots, values }
    }

    /// Returns by what its results are known.
    pub(super) fn key(&self, at: usize) -> Key {
        (at, self.roots.as_slice().into())
    }
}

/// The sum over the traits of one endpoint, in one setting of those of the system.
pub(super) struct Sum<'s, 'e> {
    pub(super) of: &'s OfEndpoint<'e>,
    pub(super) forest: &'s Forest<Option<Ends>>,
    pub(super) memory: &'s mut Memory<Fit>,
    pub(super) setting: &'s mut Setting,
    pub(super) so_far: &'s mut SoFar<'e>,
}

impl Sum<'_, '_> {
    /// Returns the result for the readings from `at` on. It depends on the endpoint's own traits, whose values stand for the
    /// `place` of the memory, and on the traits of the system that were asked for on the way: settings of the others share
    /// it.
    pub(super) fn remembered(&mut self, place: usize, at: usize) -> Step<Fit> {
        if !self.memory.goes_on_at(place) {
            return self.from(place, at);
        }
        if let Some((asked, fit)) = self.memory.results(place).find(self.setting) {
            self.setting.asked |= asked;
            return Ok(fit);
        }
        let fit = match self.at_once(at)? {
            Some(fit) => fit,
            None => self.from(place, at)?,
        };
        self.memory.results(place).keep(self.setting, self.setting.asked & OF_THE_SYSTEM, 0, fit);
        Ok(fit)
    }

    /// Returns the result if one of the readings is impossible as the traits are set, whatever the others give. Fails if a
    /// reading asks for a trait of the system: no other work is done before it has a value.
    fn at_once(&mut self, at: usize) -> Step<Option<Fit>> {
        let before = self.setting.asked;
        let mut unset = None;
        for (at, root) in self.of.roots.iter().enumerate().skip(at) {
            self.setting.asked = before;
            match self.forest.leaf_at(*root, self.setting) {
                Ok(None) => return Ok(Some(Fit { conflict: at, ..Fit::NONE })),
                Err(Unset(of)) if !of.is_local() => unset = unset.or(Some(of)),
                Ok(Some(_)) | Err(_) => {}
            }
        }
        self.setting.asked = before;
        unset.map_or(Ok(None), |of| {
            self.setting.asked |= 1 << of as u128;
            Err(Unset(of))
        })
    }

    /// Returns the result for the readings from `at` on. A trait that is asked for branches here: the readings before it
    /// are not looked at again.
    fn from(&mut self, place: usize, at: usize) -> Step<Fit> {
        let Some(reading) = self.of.readings.get(at) else { return Ok(self.so_far.fit()) };
        let ends = match self.forest.leaf_at(self.of.roots[at], self.setting) {
            Ok(Some(ends)) => ends,
            Ok(None) => return Ok(Fit { conflict: at, ..Fit::NONE }),
            Err(Unset(of)) if of.is_local() => return self.branched(place, at, of),
            Err(unset) => return Err(unset),
        };
        let before = self.so_far.mark();
        self.so_far.add(&ends, reading, at);
        let fit = self.from(place, at + 1);
        self.so_far.back_to(&before);
        fit
    }

    fn branched(&mut self, place: usize, at: usize, of: Trait) -> Step<Fit> {
        let mut sum = Fit::NONE;
        let before = self.setting.asked;
        let mut asked = before;
        let endpoint = self.of;
        for (value, prior) in endpoint.values.each(of) {
            self.setting.asked = before;
            self.setting.set(of, Some(*value));
            let after = self.place_after(place, of, *value);
            let fit = self.remembered(after, at);
            self.setting.set(of, None);
            sum.add(&fit?, *prior);
            asked |= self.setting.asked;
        }
        self.setting.asked = asked;
        Ok(sum)
    }

    fn place_after(&mut self, place: usize, of: Trait, value: Place) -> usize {
        if self.memory.goes_on_at(place) { self.memory.after(place, of, value) } else { place }
    }
}
