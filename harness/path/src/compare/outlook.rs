//! How a probe that was not sent yet would end under a fault, by the priors of the traits.

use std::convert::Infallible;

use crate::path::effect::Patch;
use crate::path::stop::Stop;
use crate::predict::ending::{Maker, Reason, Result};
use crate::predict::request::Request;
use crate::predict::topology::Topology;
use crate::predict::walk::walk;
use crate::predict::world::{Unset, World};

/// The probabilities of the ways in which a probe can end.
#[derive(Debug, Clone, Default)]
pub struct Outlook(Vec<((Result, Maker, Reason), f64)>);

impl Outlook {
    /// Returns how the probe would end with these changes.
    #[must_use]
    pub fn of(patches: Vec<(Stop, Patch)>, asked: &Request, topology: &Topology) -> Self {
        let mut world = World::new(topology, patches);
        let mut outlook = Self::default();
        outlook.throw_dice(&mut world, asked, 1.0);
        outlook
    }

    /// Returns how the probe would end where these changes make the call `shown` fail. `None`: they cannot.
    ///
    /// The endpoints of the two calls may differ in what only one endpoint has.
    #[must_use]
    pub fn where_it_shows(
        patches: &[(Stop, Patch)],
        shown: &Request,
        asked: &Request,
        topology: &Topology,
    ) -> Option<Self> {
        let mut outlook = Self::default();
        let mut world = World::new(topology, patches.to_vec());
        // An effect that comes and goes shows.
        world.dice = true;
        outlook.collect_where(&mut world, (shown, asked), 1.0);
        let sum: f64 = outlook.0.iter().map(|(_, share)| share).sum();
        outlook.0.iter_mut().for_each(|(_, share)| *share /= sum);
        (sum > 0.0).then_some(outlook)
    }

    fn collect_where(&mut self, world: &mut World<'_>, calls: (&Request, &Request), weight: f64) {
        match walk(world, calls.0) {
            Ok(ending) if ending.result.is_success() => {}
            Ok(_) => world.at_another_endpoint(calls.0.endpoint != calls.1.endpoint, |world| {
                self.collect(world, calls.1, weight);
            }),
            Err(Unset(of)) => {
                let Ok(()) = world.with_each_value(of, |world, prior| {
                    self.collect_where(world, calls, weight * prior);
                    Ok::<(), Infallible>(())
                });
            }
        }
    }

    fn throw_dice(&mut self, world: &mut World<'_>, asked: &Request, weight: f64) {
        match if world.is_random() { world.share() } else { Ok(0.0) } {
            Ok(share) => {
                for (dice, part) in [(false, 1.0 - share), (true, share)] {
                    world.dice = dice;
                    self.collect(world, asked, weight * part);
                }
            }
            Err(Unset(of)) => {
                let Ok(()) = world.with_each_value(of, |world, prior| {
                    self.throw_dice(world, asked, weight * prior);
                    Ok::<(), Infallible>(())
                });
            }
        }
    }

    fn collect(&mut self, world: &mut World<'_>, asked: &Request, weight: f64) {
        if weight <= 0.0 {
            return;
        }
        match walk(world, asked) {
            Ok(ending) => {
                let key = (ending.result, ending.maker, ending.reason);
                match self.0.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, sum)) => *sum += weight,
                    None => self.0.push((key, weight)),
                }
            }
            Err(Unset(of)) => {
                let Ok(()) = world.with_each_value(of, |world, prior| {
                    self.collect(world, asked, weight * prior);
                    Ok::<(), Infallible>(())
                });
            }
        }
    }

    /// Returns the reasons for which the probe may fail.
    pub fn reasons(&self) -> impl Iterator<Item = Reason> {
        self.0.iter().filter(|((result, ..), _)| !result.is_success()).map(|((_, _, reason), _)| *reason)
    }

    /// Returns the ways in which the probe may end, each with its probability.
    pub fn results(&self) -> impl Iterator<Item = (Result, f64)> {
        self.0.iter().map(|((result, ..), share)| (*result, *share))
    }

    /// Returns the probability that the probe works.
    #[must_use]
    pub fn success(&self) -> f64 {
        self.results().filter(|(result, _)| result.is_success()).map(|(_, share)| share).sum()
    }

    /// Reports whether the probe tells two faults apart, by its result and the component that answers.
    #[must_use]
    pub fn is_apart_from(&self, other: &Self) -> bool {
        self.distance_by_result(other) >= APART
    }

    fn distance_by_result(&self, other: &Self) -> f64 {
        apart(&self.0, &other.0, |(result, maker, _)| (result, maker, Reason::None))
    }

    /// Reports whether two probes end alike, also in the reason.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        apart(&self.0, &other.0, |key| key) < ALIKE
    }

    /// Returns how surely the probe distinguishes two faults: 1 if they cannot end it in the same way, 0 if they end it
    /// alike. A reason counts less than a result: it shows in words only.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f64 {
        let by_reason = apart(&self.0, &other.0, |key| key);
        self.distance_by_result(other).max(IN_WORDS * by_reason)
    }
}

/// Two faults that end a probe this differently are told apart by it.
const APART: f64 = 0.9;

/// Two outlooks with a smaller difference are the same.
const ALIKE: f64 = 0.02;

/// What a difference in the reason alone is worth.
const IN_WORDS: f64 = 0.3;

type Key = (Result, Maker, Reason);

fn apart(one: &[(Key, f64)], other: &[(Key, f64)], of: fn(Key) -> Key) -> f64 {
    let sum =
        |all: &[(Key, f64)], key: Key| all.iter().filter(|(known, _)| of(*known) == key).map(|(_, p)| p).sum::<f64>();
    let mut keys: Vec<Key> = one.iter().map(|(key, _)| of(*key)).collect();
    keys.sort_unstable();
    keys.dedup();
    1.0 - keys.into_iter().map(|key| sum(one, key).min(sum(other, key))).sum::<f64>()
}
