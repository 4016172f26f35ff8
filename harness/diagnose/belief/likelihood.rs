//! The likelihood of all readings under one hypothesis: the sum over the traits, which are asked for lazily.

use super::emission::{Counted, emission, is_possible};
use super::evidence::{Evidence, Reading};
use super::phrasing;
use crate::diagnose::model::path::effect::Effect;
use crate::diagnose::predict::ending::{Ending, Reason, Result};
use crate::diagnose::predict::model::noise;
use crate::diagnose::model::path::stop::Stop;
use crate::diagnose::predict::traits::Value;
use crate::diagnose::predict::walk::walk;
use crate::diagnose::predict::world::{Step, Unset, World};
use crate::terms::Service;

/// How well a hypothesis predicts the readings of one endpoint, or of all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    /// For each way of wording.
    like: [f64; phrasing::WAYS],
    /// Whether some setting of the traits makes every firm reading possible.
    pub(super) possible: bool,
    /// The readings of the endpoint that a possible setting predicts as a failure, one bit each.
    explained: u64,
    /// The first reading that nothing makes possible.
    conflict: usize,
}

impl Fit {
    const NONE: Self = Self { like: [0.0; phrasing::WAYS], possible: false, explained: 0, conflict: 0 };

    fn add(&mut self, other: &Self, share: f64) {
        for (sum, one) in self.like.iter_mut().zip(other.like) {
            *sum += share * one;
        }
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

/// A remembered result: the mask of the traits that it asked for, their values, and the result.
type Memory = Vec<(u64, Vec<(usize, Value)>, Fit)>;

/// Returns the likelihood of the evidence in this world.
pub(super) fn likelihood(world: &mut World<'_>, evidence: &Evidence<'_>) -> Likelihood {
    let mut search = Search {
        endpoints: &evidence.endpoints,
        memory: vec![Memory::new(); evidence.endpoints.len()],
        explained: vec![0; evidence.endpoints.len()],
        conflict: (0, 0),
    };
    let (like, possible) = search.all(world);
    let readings = || evidence.endpoints.iter().zip(&search.explained);
    let explains = readings().flat_map(|(group, mask)| {
        group.iter().enumerate().filter(move |(at, _)| mask & (1 << at) != 0).flat_map(|(_, one)| one.exchanges.clone())
    });
    let conflict = || {
        let (group, at) = search.conflict;
        evidence.endpoints.get(group)?.get(at).map(|reading| reading.seen.exchange)
    };
    let log = if possible { like.max(f64::MIN_POSITIVE).ln() } else { f64::NEG_INFINITY };
    Likelihood {
        log: log + of_clocks(world, evidence) + of_issued_key(world, evidence),
        explains: explains.collect(),
        conflict: if possible { None } else { conflict() },
    }
}

fn of_clocks(world: &World<'_>, evidence: &Evidence<'_>) -> f64 {
    let off = [Stop::Client, Stop::Backend, Stop::Auth].iter().any(|stop| world.ever(*stop, Effect::ClockOffset));
    if evidence.is_skewed && !off { noise().skew_by_chance.ln() } else { 0.0 }
}

/// Our key verifies the tokens of the auth service unless one of the two holds another key.
fn of_issued_key(world: &World<'_>, evidence: &Evidence<'_>) -> f64 {
    let Some(ours) = evidence.issued_with_our_key else { return 0.0 };
    let differs = world.ever(Stop::Client, Effect::OtherKey) != world.ever(Stop::Auth, Effect::OtherKey);
    if ours != differs { 0.0 } else { noise().sentence_misleads.ln() }
}

struct Search<'e, 'a> {
    endpoints: &'e [Vec<Reading<'a>>],
    memory: Vec<Memory>,
    explained: Vec<u64>,
    /// The endpoint and the reading at which the most successful setting failed.
    conflict: (usize, usize),
}

impl Search<'_, '_> {
    /// Returns the likelihood of all endpoints, summed over the traits of the system.
    fn all(&mut self, world: &mut World<'_>) -> (f64, bool) {
        match self.all_as_set(world) {
            Ok(result) => result,
            Err(Unset(of)) => {
                let (mut sum, mut possible) = (0.0, false);
                let values: Vec<(Value, f64)> = world.topology.values(of).to_vec();
                for (value, prior) in values {
                    world.set(of, Some(value));
                    let (like, can_be) = self.all(world);
                    sum += prior * like;
                    possible |= can_be;
                }
                world.set(of, None);
                (sum, possible)
            }
        }
    }

    fn all_as_set(&mut self, world: &mut World<'_>) -> Step<(f64, bool)> {
        // Each service words its refusals in its own way.
        let mut like = [[1.0; phrasing::WAYS]; 2];
        let mut explained = Vec::with_capacity(self.endpoints.len());
        for at in 0..self.endpoints.len() {
            let fit = self.remembered(world, at)?;
            if !fit.possible {
                // No value of another trait can mend this: most of the work ends here.
                self.conflict = self.conflict.max((at, fit.conflict));
                return Ok((0.0, false));
            }
            explained.push(fit.explained);
            let service = &mut like[usize::from(self.endpoints[at][0].request.to == Service::Auth)];
            service.iter_mut().zip(fit.like).for_each(|(all, one)| *all *= one);
        }
        self.explained.iter_mut().zip(explained).for_each(|(all, one)| *all |= one);
        Ok((like.map(phrasing::summed).iter().product(), true))
    }

    /// An endpoint's result depends only on the traits that it asked for. Settings of the others share it.
    fn remembered(&mut self, world: &mut World<'_>, at: usize) -> Step<Fit> {
        let known = self.memory[at].iter().find(|(_, values, _)| {
            values.iter().all(|(of, value)| world.value(crate::diagnose::predict::traits::Trait::ALL[*of]) == Some(*value))
        });
        if let Some((mask, _, fit)) = known {
            world.asked |= mask;
            return Ok(*fit);
        }
        world.asked = 0;
        let fit = endpoint(world, &self.endpoints[at])?;
        let asked = world.asked;
        let values = crate::diagnose::predict::traits::Trait::ALL.iter().filter(|of| asked & (1 << **of as u64) != 0);
        let values = values.filter_map(|of| Some((*of as usize, world.value(*of)?))).collect();
        self.memory[at].push((asked, values, fit));
        Ok(fit)
    }
}

/// Returns the result for one endpoint, summed over its own traits.
fn endpoint(world: &mut World<'_>, readings: &[Reading<'_>]) -> Step<Fit> {
    match as_set(world, readings) {
        Err(Unset(of)) if of.is_local() => {
            let mut sum = Fit::NONE;
            for (value, prior) in world.topology.values(of).to_vec() {
                world.set(of, Some(value));
                let fit = endpoint(world, readings);
                match fit {
                    Ok(fit) => sum.add(&fit, prior),
                    Err(unset) => {
                        world.set(of, None);
                        return Err(unset);
                    }
                }
            }
            world.set(of, None);
            Ok(sum)
        }
        other => other,
    }
}

fn as_set(world: &mut World<'_>, readings: &[Reading<'_>]) -> Step<Fit> {
    let mut fit = Fit { like: [1.0; phrasing::WAYS], possible: true, explained: 0, conflict: 0 };
    let mut counted = Counted::default();
    let mut told: Vec<(Reason, &str)> = Vec::new();
    for (at, reading) in readings.iter().enumerate() {
        let endings = endings(world, reading)?;
        let ends = endings.as_slice();
        let p: f64 = ends.iter().map(|(share, ending)| share * emission(ending, reading, &counted)).sum();
        // What a trait decides is decided once, what chance decides each time.
        let times = if ends.len() > 1 { reading.exchanges.len() as i32 } else { 1 };
        fit.like.iter_mut().for_each(|like| *like *= p.powi(times));
        let possible = ends.iter().any(|(_, ending)| is_possible(ending, reading));
        if reading.firm && !possible {
            return Ok(Fit { conflict: at, ..Fit::NONE });
        }
        if possible && reading.result != Result::Ok {
            fit.explained |= 1 << at;
        }
        let likeliest = ends.iter().max_by(|a, b| {
            (a.0 * emission(&a.1, reading, &counted)).total_cmp(&(b.0 * emission(&b.1, reading, &counted)))
        });
        if let Some((_, ending)) = likeliest {
            counted.add(ending, reading);
            if ending.result == Result::Denied && reading.result == Result::Denied && !reading.request.is_socket() {
                told.push((ending.reason, reading.seen.shape.as_str()));
            }
        }
    }
    let words = phrasing::likelihood(&told);
    fit.like.iter_mut().zip(words).for_each(|(like, one)| *like *= one);
    Ok(fit)
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
    let share = noise().share;
    Ok(Endings([(1.0 - share, steady), (share, other)], 2))
}
