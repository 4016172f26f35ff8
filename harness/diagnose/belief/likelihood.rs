//! The likelihood of all readings under one hypothesis: the sum over the traits, which are asked for lazily.

use std::convert::Infallible;

use super::emission::{Counted, emission, is_possible};
use super::evidence::{Evidence, KeySetRead, Reading};
use super::manner::{Like, MODES};
use super::memory::{Memory, Results};
use super::phrasing;
use crate::diagnose::model::path::effect::Effect;
use crate::diagnose::model::path::stop::Stop;
use crate::diagnose::predict::ending::{Ending, Reason, Result};
use crate::diagnose::predict::model::noise;
use crate::diagnose::predict::traits::{OF_THE_SYSTEM, Trait};
use crate::diagnose::predict::walk::walk;
use crate::diagnose::predict::world::{Step, Unset, World};

/// How well a hypothesis predicts the readings of one endpoint.
#[derive(Debug, Clone, Copy)]
struct Fit {
    like: Like,
    /// Whether some setting of the traits makes every firm reading possible.
    possible: bool,
    /// The readings of the endpoint that a possible setting predicts as a failure, one bit each.
    explained: u64,
    /// The first reading that nothing makes possible.
    conflict: usize,
}

impl Fit {
    const NONE: Self = Self { like: Like::ZERO, possible: false, explained: 0, conflict: 0 };

    fn add(&mut self, other: &Self, share: f64) {
        self.like.add(&other.like, share);
        self.possible |= other.possible;
        self.explained |= other.explained;
        self.conflict = self.conflict.max(other.conflict);
    }
}

/// The result for all readings.
#[derive(Debug, Clone)]
pub(super) struct Likelihood {
    /// The natural logarithm. Negative infinity: impossible.
    pub(super) log: f64,
    /// The exchanges of failures that the hypothesis predicts.
    pub(super) explains: Vec<u32>,
    /// The exchange of the first reading that contradicts it.
    pub(super) conflict: Option<u32>,
}

/// Returns the likelihood of the evidence in this world.
pub(super) fn likelihood(world: &mut World<'_>, evidence: &Evidence<'_>) -> Likelihood {
    let mut search = Search {
        endpoints: &evidence.endpoints,
        memory: vec![Memory::new(); evidence.endpoints.len()],
        rests: vec![Results::default(); evidence.endpoints.len()],
        explained: vec![0; evidence.endpoints.len()],
        conflict: (0, 0),
    };
    let rest = search.rest(world, 0);
    let readings = || evidence.endpoints.iter().zip(&search.explained);
    let explains = readings().flat_map(|(group, mask)| {
        group.iter().enumerate().filter(move |(at, _)| mask & (1 << at) != 0).flat_map(|(_, one)| one.exchanges.clone())
    });
    let conflict = || {
        let (group, at) = search.conflict;
        evidence.endpoints.get(group)?.get(at).map(|reading| reading.seen.exchange)
    };
    let log = if rest.possible { rest.like.summed().max(f64::MIN_POSITIVE).ln() } else { f64::NEG_INFINITY };
    Likelihood {
        log: log
            + of_clocks(world, evidence)
            + of_issued_key(world, evidence)
            + of_key_set(world, evidence)
            + of_the_log(world, evidence),
        explains: explains.collect(),
        conflict: if rest.possible { None } else { conflict() },
    }
}

fn of_clocks(world: &World<'_>, evidence: &Evidence<'_>) -> f64 {
    let off = [Stop::Client, Stop::Backend, Stop::Auth].iter().any(|stop| world.ever(*stop, Effect::ClockOffset));
    match (evidence.is_skewed, off) {
        (Some(true), false) => noise().skew_by_chance.ln(),
        (Some(false), true) => noise().skew_unseen.ln(),
        _ => 0.0,
    }
}

/// A backend that does not start logs no request.
fn of_the_log(world: &World<'_>, evidence: &Evidence<'_>) -> f64 {
    let is_down = world.starts_nowhere(Stop::Backend);
    if evidence.backend_is_at_work && is_down { noise().logged_while_down.ln() } else { 0.0 }
}

/// Our key verifies the tokens of the auth service unless one of the two holds another key.
fn of_issued_key(world: &World<'_>, evidence: &Evidence<'_>) -> f64 {
    let Some(ours) = evidence.issued_with_our_key else { return 0.0 };
    let auth = world.ever(Stop::Auth, Effect::OtherKey) || world.ever(Stop::Auth, Effect::SignOtherwise);
    let differs = world.ever(Stop::Client, Effect::OtherKey) != auth;
    if ours != differs { 0.0 } else { noise().sentence_misleads.ln() }
}

/// The auth service publishes our key unless we sign with another, or it publishes others than those that sign, or none.
fn of_key_set(world: &World<'_>, evidence: &Evidence<'_>) -> f64 {
    let Some(read) = evidence.key_set else { return 0.0 };
    let noise = noise();
    let is_gone = [Effect::NoKeys, Effect::DoesNotStart, Effect::Hang, Effect::Fail, Effect::NotFound, Effect::Refuse]
        .iter()
        .any(|effect| world.ever(Stop::Auth, *effect));
    let is_unknown = [Stop::Auth, Stop::Network].iter().any(|stop| world.ever(*stop, Effect::Unknown));
    let differs = world.ever(Stop::Client, Effect::OtherKey)
        || world.ever(Stop::Auth, Effect::OtherKey)
        || world.ever(Stop::Auth, Effect::StaleKeys);
    let nothing = match (is_gone, is_unknown || world.is_changed(Stop::Network)) {
        (true, _) => noise.key_set_gone,
        (false, true) => 0.5,
        (false, false) => noise.key_set_unread,
    };
    match read {
        KeySetRead::Nothing => nothing.ln(),
        KeySetRead::Ours if differs => (1.0 - nothing).ln() + noise.sentence_misleads.ln(),
        KeySetRead::Others if !differs => (1.0 - nothing).ln() + noise.sentence_misleads.ln(),
        _ => (1.0 - nothing).ln(),
    }
}

/// The result for the endpoints from one place on, summed over the traits that no endpoint before them asked for.
#[derive(Debug, Clone, Copy)]
struct Rest {
    /// By the manners of the service of the first of these endpoints. Each service has its own manner.
    like: Like,
    /// Whether some setting of the traits makes every firm reading possible.
    possible: bool,
    /// The traits whose values it depends on, one bit each.
    asked: u128,
    /// The traits that it is summed over, one bit each.
    summed: u128,
}

impl Rest {
    const DONE: Self = Self { like: Like::ONE, possible: true, asked: 0, summed: 0 };
    const NONE: Self = Self { like: Like::ZERO, possible: false, asked: 0, summed: 0 };
}

struct Search<'e, 'a> {
    endpoints: &'e [Vec<Reading<'a>>],
    memory: Vec<Memory<Fit>>,
    /// By the first of the endpoints.
    rests: Vec<Results<Rest>>,
    explained: Vec<u64>,
    /// The endpoint and the reading at which the most successful setting failed.
    conflict: (usize, usize),
}

impl Search<'_, '_> {
    /// Returns the result for the endpoints from this one on. The endpoints before it are possible, as the traits are set.
    fn rest(&mut self, world: &mut World<'_>, at: usize) -> Rest {
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
fn from<'a>(world: &mut World<'_>, readings: &'a [Reading<'_>], at: usize, so_far: &mut SoFar<'a, '_>) -> Step<Fit> {
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
    readings: &'a [Reading<'_>],
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
    fn remembered(&mut self, world: &mut World<'_>, readings: &'a [Reading<'_>], at: usize) -> Step<Fit> {
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
    fn add(&mut self, ends: &[(f64, Ending)], reading: &'a Reading<'_>, at: usize) -> bool {
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

fn endings(world: &mut World<'_>, reading: &Reading<'_>) -> Step<Endings> {
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
