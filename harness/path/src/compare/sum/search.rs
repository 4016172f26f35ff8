//! The search for the sum over the traits: from endpoint to endpoint, with a memory of the rest.

use super::decision::Decisions;
use super::endpoint::{OfEndpoint, Sum};
use super::memory::{Memory, Results};
use super::setting::Setting;
use super::shared::Shared;
use super::so_far::{Fit, SoFar};
use super::tree::NodeId;
use super::values::Values;
use crate::compare::manner::Like;
use crate::compare::reading::Reading;
use crate::predict::traits::{OF_THE_SYSTEM, Trait};
use crate::predict::world::{Step, Unset};

/// The result for the endpoints from one place on, summed over the traits that no endpoint before them asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest {
    /// By the manners of the service of the first of these endpoints. Each service has its own manner.
    pub(super) like: Like,
    /// Whether some setting of the traits makes every firm reading possible.
    pub(super) possible: bool,
    /// The traits whose values it depends on, one bit each.
    asked: u128,
    /// The traits that it is summed over, one bit each.
    summed: u128,
}

impl Rest {
    const DONE: Self = Self { like: Like::ONE, possible: true, asked: 0, summed: 0 };
    const NONE: Self = Self { like: Like::ZERO, possible: false, asked: 0, summed: 0 };
}

/// The search for the likelihood of one hypothesis.
pub(super) struct Search<'e, 's> {
    endpoints: &'e [Vec<Reading>],
    shared: &'s mut Shared,
    values: Values,
    setting: Setting,
    groups: Vec<OfEndpoint<'e>>,
    /// By endpoint.
    memory: Vec<Memory<Fit>>,
    so_far: SoFar<'e>,
    /// By the first of the endpoints.
    rests: Vec<Results<Rest>>,
    pub(super) explained: Vec<u64>,
    /// The endpoint and the reading at which the most successful setting failed.
    pub(super) conflict: (usize, usize),
}

impl<'e, 's> Search<'e, 's> {
    pub(super) fn new(decisions: &mut Decisions<'_>, endpoints: &'e [Vec<Reading>], shared: &'s mut Shared) -> Self {
        let mut of = |group: &'e Vec<Reading>| OfEndpoint::new(decisions, group, &mut shared.forest);
        let groups: Vec<OfEndpoint<'e>> = endpoints.iter().map(&mut of).collect();
        let roots: Vec<NodeId> = groups.iter().flat_map(|group| group.roots.iter().copied()).collect();
        let values = Values::of(&shared.forest, roots, |of| !of.is_local(), (decisions.world.topology, 0));
        let memory = groups.iter().enumerate().map(|(at, group)| shared.take(&group.key(at))).collect();
        Self {
            endpoints,
            shared,
            values,
            setting: Setting::new(),
            groups,
            memory,
            so_far: SoFar::default(),
            rests: vec![Results::default(); endpoints.len()],
            explained: vec![0; endpoints.len()],
            conflict: (0, 0),
        }
    }

    /// Keeps the results of the endpoints for other hypotheses.
    pub(super) fn keep_what_is_known(&mut self) {
        for (at, (group, memory)) in self.groups.iter().zip(std::mem::take(&mut self.memory)).enumerate() {
            self.shared.give_back(group.key(at), memory);
        }
    }

    /// Returns the result for the endpoints from this one on. The endpoints before it are possible, as the traits are set.
    pub(super) fn rest(&mut self, at: usize) -> Rest {
        if at == self.endpoints.len() {
            return Rest::DONE;
        }
        if let Some((_, known)) = self.rests[at].find(&self.setting) {
            return known;
        }
        let rest = match self.endpoint(at) {
            Ok(fit) => self.after(at, &fit),
            Err(Unset(of)) => self.rest_by(at, of),
        };
        self.rests[at].keep(&self.setting, rest.asked, rest.summed, rest);
        rest
    }

    /// Returns the result from an endpoint on whose own result is this.
    fn after(&mut self, at: usize, fit: &Fit) -> Rest {
        let asked = self.setting.asked & OF_THE_SYSTEM;
        if !fit.possible {
            // No value of another trait can mend this: most of the work ends here.
            self.conflict = self.conflict.max((at, fit.conflict));
            return Rest { asked, ..Rest::NONE };
        }
        let mut rest = self.rest(at + 1);
        rest.asked |= asked;
        if !rest.possible {
            return rest;
        }
        self.explained[at] |= fit.explained;
        let service = |at: usize| self.endpoints.get(at).map(|group| group[0].request.to);
        if service(at) == service(at + 1) {
            rest.like.times(&fit.like);
        } else {
            let sum = rest.like.summed();
            rest.like = Like::ZERO;
            rest.like.add(&fit.like, sum);
        }
        rest
    }

    /// Sums the result over the values of a trait.
    fn rest_by(&mut self, at: usize, of: Trait) -> Rest {
        let mut sum = Rest::NONE;
        for value in 0..self.values.each(of).len() {
            let (place, prior) = self.values.each(of)[value];
            self.setting.set(of, Some(place));
            let one = self.rest(at);
            sum.like.add(&one.like, prior);
            sum.possible |= one.possible;
            sum.asked |= one.asked;
            sum.summed |= one.summed;
        }
        self.setting.set(of, None);
        // A trait that only some values ask for is summed over there, and nothing depends on it here.
        let own = 1 << of as u128;
        Rest { asked: sum.asked & !own, summed: sum.summed | own, ..sum }
    }

    /// Returns the result for one endpoint, summed over its own traits.
    fn endpoint(&mut self, at: usize) -> Step<Fit> {
        self.setting.asked = 0;
        let Self { shared, groups, memory, setting, so_far, .. } = self;
        Sum { of: &groups[at], forest: &shared.forest, memory: &mut memory[at], setting, so_far }.remembered(0, 0)
    }
}
