//! The search for the sum over the traits: from endpoint to endpoint, with a memory of the rest.

use std::convert::Infallible;

use super::emission::{Counted, emission, is_possible};
use super::manner::{Like, MODES};
use super::memory::{Memory, Results};
use super::phrasing;
use super::reading::Reading;
use crate::predict::ending::{Ending, Reason, Result};
use crate::predict::traits::{OF_THE_SYSTEM, Trait};
use crate::predict::walk::walk;
use crate::predict::world::{Step, Unset, World};

/// How well a hypothesis predicts the readings of one endpoint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub(super) like: Like,
    /// Whether some setting of the traits makes every firm reading possible.
    pub(super) possible: bool,
    /// The readings of the endpoint that a possible setting predicts as a failure, one bit each.
    pub(super) explained: u64,
    /// The first reading that nothing makes possible.
    pub(super) conflict: usize,
}

impl Fit {
    const NONE: Self = Self { like: Like::ZERO, possible: false, explained: 0, conflict: 0 };

    /// Takes the better of both, manner by manner.
    fn or(&mut self, other: &Self) {
        self.like.or(&other.like);
        self.possible |= other.possible;
        self.explained |= other.explained;
        self.conflict = self.conflict.max(other.conflict);
    }

    fn add(&mut self, other: &Self, share: f64) {
        self.like.add(&other.like, share);
        self.possible |= other.possible;
        self.explained |= other.explained;
        self.conflict = self.conflict.max(other.conflict);
    }
}

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
pub(super) struct Search<'e> {
    endpoints: &'e [Vec<Reading>],
    memory: Vec<Memory<Fit>>,
    /// By the first of the endpoints.
    rests: Vec<Results<Rest>>,
    pub(super) explained: Vec<u64>,
    /// The endpoint and the reading at which the most successful setting failed.
    pub(super) conflict: (usize, usize),
}

impl<'e> Search<'e> {
    pub(super) fn new(endpoints: &'e [Vec<Reading>]) -> Self {
        Self {
            endpoints,
            memory: vec![Memory::new(); endpoints.len()],
            rests: vec![Results::default(); endpoints.len()],
            explained: vec![0; endpoints.len()],
            conflict: (0, 0),
        }
    }

    /// Returns the best that any setting of the traits gives for one endpoint by itself.
    pub(super) fn best(&mut self, world: &mut World<'_>, at: usize) -> Fit {
        match self.endpoint(world, at) {
            Ok(fit) => fit,
            Err(Unset(of)) => {
                let mut best = Fit::NONE;
                let Ok(()) = world.with_each_value(of, |world, _| {
                    best.or(&self.best(world, at));
                    Ok::<(), Infallible>(())
                });
                best
            }
        }
    }

    /// Returns the result for the endpoints from this one on. The endpoints before it are possible, as the traits are set.
    pub(super) fn rest(&mut self, world: &mut World<'_>, at: usize) -> Rest {
        if at == self.endpoints.len() {
            return Rest::DONE;
        }
        if let Some((_, known)) = self.rests[at].find(world) {
            return known;
        }
        let rest = match self.endpoint(world, at) {
            Ok(fit) => self.after(world, at, &fit),
            Err(Unset(of)) => self.rest_by(world, at, of),
        };
        self.rests[at].keep(world, rest.asked, rest.summed, rest);
        rest
    }

    /// Returns the result from an endpoint on whose own result is this.
    fn after(&mut self, world: &mut World<'_>, at: usize, fit: &Fit) -> Rest {
        let asked = world.asked & OF_THE_SYSTEM;
        if !fit.possible {
            // No value of another trait can mend this: most of the work ends here.
            self.conflict = self.conflict.max((at, fit.conflict));
            return Rest { asked, ..Rest::NONE };
        }
        let mut rest = self.rest(world, at + 1);
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
    fn rest_by(&mut self, world: &mut World<'_>, at: usize, of: Trait) -> Rest {
        let mut sum = Rest::NONE;
        let Ok(()) = world.with_each_value(of, |world, prior| {
            let one = self.rest(world, at);
            sum.like.add(&one.like, prior);
            sum.possible |= one.possible;
            sum.asked |= one.asked;
            sum.summed |= one.summed;
            Ok::<(), Infallible>(())
        });
        // A trait that only some values ask for is summed over there, and nothing depends on it here.
        let own = 1 << of as u128;
        Rest { asked: sum.asked & !own, summed: sum.summed | own, ..sum }
    }

    /// Returns the result for one endpoint, summed over its own traits.
    fn endpoint(&mut self, world: &mut World<'_>, at: usize) -> Step<Fit> {
        let readings = &self.endpoints[at];
        let mut so_far = SoFar {
            like: [1.0; MODES],
            explained: 0,
            counted: Counted::default(),
            told: Vec::new(),
            place: 0,
            memory: &mut self.memory[at],
        };
        world.asked = 0;
        so_far.remembered(world, readings, 0)
    }
}

/// What the readings before the one at hand gave, in this setting of the traits.
struct SoFar<'a, 'm> {
    like: [f64; MODES],
    explained: u64,
    counted: Counted,
    /// Each refusal: its reason, and the shape of its response.
    told: Vec<(Reason, &'a str)>,
    /// The place of the memory for the values of the endpoint's own traits.
    place: usize,
    memory: &'m mut Memory<Fit>,
}

/// Returns the result for the readings from this place on. A trait that is asked for branches here: the readings before
/// it are not walked again.
fn from<'a>(world: &mut World<'_>, readings: &'a [Reading], at: usize, so_far: &mut SoFar<'a, '_>) -> Step<Fit> {
    let Some(reading) = readings.get(at) else { return Ok(so_far.fit()) };
    let endings = match endings(world, reading) {
        Ok(endings) => endings,
        Err(Unset(of)) if of.is_local() => return branched(world, readings, at, so_far, of),
        Err(unset) => return Err(unset),
    };
    let (like, explained, counted, told) = (so_far.like, so_far.explained, so_far.counted.len(), so_far.told.len());
    let fit = if so_far.add(endings.as_slice(), reading, at) {
        from(world, readings, at + 1, so_far)
    } else {
        Ok(Fit { conflict: at, ..Fit::NONE })
    };
    (so_far.like, so_far.explained) = (like, explained);
    so_far.counted.truncate(counted);
    so_far.told.truncate(told);
    fit
}

fn branched<'a>(
    world: &mut World<'_>,
    readings: &'a [Reading],
    at: usize,
    so_far: &mut SoFar<'a, '_>,
    of: Trait,
) -> Step<Fit> {
    let mut sum = Fit::NONE;
    let (before, mut asked) = (world.asked, world.asked);
    world.with_each_value(of, |world, prior| {
        world.asked = before;
        let place = so_far.place;
        if so_far.memory.goes_on_at(place) {
            let value = world.value(of).expect("it has a value here");
            so_far.place = so_far.memory.after(place, of, value);
        }
        let fit = so_far.remembered(world, readings, at);
        so_far.place = place;
        sum.add(&fit?, prior);
        asked |= world.asked;
        Ok(())
    })?;
    world.asked = asked;
    Ok(sum)
}

impl<'a> SoFar<'a, '_> {
    /// Returns the result for the readings from this place on. It depends on the endpoint's own traits, and on the traits
    /// of the system that were asked for on the way: settings of the others share it.
    fn remembered(&mut self, world: &mut World<'_>, readings: &'a [Reading], at: usize) -> Step<Fit> {
        let place = self.place;
        if !self.memory.goes_on_at(place) {
            return from(world, readings, at, self);
        }
        if let Some((asked, fit)) = self.memory.results(place).find(world) {
            world.asked |= asked;
            return Ok(fit);
        }
        let fit = from(world, readings, at, self)?;
        self.memory.results(place).keep(world, world.asked & OF_THE_SYSTEM, 0, fit);
        Ok(fit)
    }

    /// Adds a reading. Returns `false` if it is firm and impossible.
    fn add(&mut self, ends: &[(f64, Ending)], reading: &'a Reading, at: usize) -> bool {
        let possible = ends.iter().any(|(_, ending)| is_possible(ending, reading));
        if reading.firm && !possible {
            return false;
        }
        let (mut p, mut likeliest, mut most) = ([0.0; MODES], ends[0].1, f64::MIN);
        for (share, ending) in ends {
            let weights = emission(ending, reading, &self.counted).map(|one| share * one);
            p.iter_mut().zip(weights).for_each(|(sum, one)| *sum += one);
            if weights[0] >= most {
                (likeliest, most) = (*ending, weights[0]);
            }
        }
        // What a trait decides is decided once, what chance decides each time.
        let times = if ends.len() > 1 { reading.exchanges.len() as i32 } else { 1 };
        self.like.iter_mut().zip(p).for_each(|(all, one)| *all *= one.powi(times));
        if possible && reading.result != Result::Ok {
            self.explained |= 1 << at;
        }
        self.counted.add(&likeliest, reading);
        if likeliest.result == Result::Denied && reading.result == Result::Denied && !reading.request.is_socket() {
            self.told.push((likeliest.reason, reading.seen.shape.as_str()));
        }
        true
    }

    fn fit(&self) -> Fit {
        Fit {
            like: Like::of(self.like, phrasing::likelihood(&self.told)),
            possible: true,
            explained: self.explained,
            conflict: 0,
        }
    }
}

/// One or two endings with their shares.
struct Endings([(f64, Ending); 2], usize);

impl Endings {
    fn as_slice(&self) -> &[(f64, Ending)] {
        &self.0[..self.1]
    }
}

fn endings(world: &mut World<'_>, reading: &Reading) -> Step<Endings> {
    world.dice = false;
    let steady = walk(world, &reading.request)?;
    if !world.is_random() {
        return Ok(Endings([(1.0, steady), (0.0, steady)], 1));
    }
    world.dice = true;
    let other = walk(world, &reading.request);
    world.dice = false;
    let other = other?;
    if other == steady {
        return Ok(Endings([(1.0, steady), (0.0, steady)], 1));
    }
    let share = world.share()?;
    Ok(Endings([(1.0 - share, steady), (share, other)], 2))
}
