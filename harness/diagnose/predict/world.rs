//! A system under one hypothesis and one setting of its traits.

use super::ending::{Reason, Result as Ended};
use super::model::{has_forms, priors};
use super::request::{Key, Request};
use super::traits::{Choice, Trait, Value};
use crate::config::{Target, Validation};
use crate::diagnose::model::path::effect::{Config, Effect, Patch, Reach};
use crate::diagnose::model::path::stop::Stop;
use crate::terms::{Algorithm, TokenKind};

/// A trait that the walk asked for and that has no value yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnose) struct Unset(pub(in crate::diagnose) Trait);

/// The result of a step of the walk.
pub(in crate::diagnose) type Step<T> = std::result::Result<T, Unset>;

/// What the operator declares.
#[derive(Debug, Clone)]
pub(in crate::diagnose) struct Topology {
    /// The values of each trait with their probabilities, as declared or by the priors.
    values: Vec<Vec<(Value, f64)>>,
}

/// The weight of a declaration. It is a strong prior, not a constant: a wrong one must not rule out the truth.
const DECLARED: f64 = 0.95;

impl Topology {
    pub(in crate::diagnose) fn of(target: &Target, seen: &[Ended]) -> Self {
        use Choice::{Introspection, Jwks, LocalThenIntrospection, SharedKey};
        let symmetric = target.algorithm == Algorithm::Hs256;
        let jwks = if symmetric { 0.25 } else { 0.75 };
        let shares: [(Choice, f64); 4] = match target.validation {
            Validation::AuthService => [
                (Introspection, 0.75 * DECLARED),
                (LocalThenIntrospection, 0.25 * DECLARED),
                (SharedKey, (1.0 - DECLARED) * (1.0 - jwks)),
                (Jwks, (1.0 - DECLARED) * jwks),
            ],
            Validation::Local => [
                (Introspection, (1.0 - DECLARED) * 0.5),
                (LocalThenIntrospection, (1.0 - DECLARED) * 0.5),
                (SharedKey, DECLARED * (1.0 - jwks)),
                (Jwks, DECLARED * jwks),
            ],
            Validation::Unknown => [
                (Introspection, 0.3),
                (LocalThenIntrospection, 0.2),
                (SharedKey, 0.5 * (1.0 - jwks)),
                (Jwks, 0.5 * jwks),
            ],
        };
        let yes = target.startup_check.map_or(0.5, |checks| if checks { DECLARED } else { 1.0 - DECLARED });
        let mut values: Vec<Vec<(Value, f64)>> = Trait::ALL.iter().map(|of| collapsed(*of, seen)).collect();
        values[Trait::Verify as usize] =
            shares.iter().map(|(choice, share)| (Value::Choice(*choice), *share)).collect();
        values[Trait::ChecksConfigAtStart as usize] =
            vec![(Value::Choice(Choice::Yes), yes), (Value::Choice(Choice::No), 1.0 - yes)];
        Self { values }
    }

    /// Returns the values of a trait with their probabilities, as declared or by the priors.
    pub(in crate::diagnose) fn values(&self, of: Trait) -> &[(Value, f64)] {
        &self.values[of as usize]
    }
}

/// Joins the results that no reading has, where every result is possible: what they predict is equally far from every
/// reading. This saves most walks of an unknown fault.
fn collapsed(of: Trait, seen: &[Ended]) -> Vec<(Value, f64)> {
    let values = priors(of);
    if of == Trait::RefusalForm {
        return usual_unless_seen(values, seen);
    }
    if !matches!(of, Trait::UnknownDoes | Trait::OwnWay) {
        return values.to_vec();
    }
    let mut all: Vec<(Value, f64)> = Vec::new();
    for (value, prior) in values {
        let like = |other: &Value| match (value, other) {
            (Value::Result(one), Value::Result(other)) => {
                // An unknown fault of the client causes these in their own form.
                let own = [Ended::NotFound, Ended::InvalidRequest];
                let alone = |result: &Ended| has_forms(*result) || own.contains(result);
                let plain = |result: &Ended| !seen.contains(result) && !alone(result);
                plain(one) && plain(other) && one.is_form() == other.is_form()
            }
            _ => false,
        };
        match all.iter_mut().find(|(other, _)| like(other)) {
            Some((_, sum)) => *sum += prior,
            None => all.push((*value, *prior)),
        }
    }
    all
}

/// Adds the forms that no reading has to the usual form: a system that refuses in them would have shown it.
fn usual_unless_seen(values: &[(Value, f64)], seen: &[Ended]) -> Vec<(Value, f64)> {
    let is_seen = |value: &Value| matches!(value, Value::Result(result) if seen.contains(result));
    let mut kept: Vec<(Value, f64)> = Vec::new();
    for (at, (value, prior)) in values.iter().enumerate() {
        if at == 0 || is_seen(value) {
            kept.push((*value, *prior));
        } else {
            kept[0].1 += prior;
        }
    }
    kept
}

/// The number of traits.
const TRAITS: usize = Trait::ALL.len();

/// A system under one hypothesis and one setting of the traits that were asked for.
#[derive(Debug)]
pub(in crate::diagnose) struct World<'t> {
    pub(in crate::diagnose) topology: &'t Topology,
    patches: Vec<(Stop, Patch)>,
    values: [Option<Value>; TRAITS],
    /// Whether an effect that comes and goes shows in the request at hand.
    pub(in crate::diagnose) dice: bool,
    /// The traits that were asked for since this was last cleared, one bit each.
    pub(in crate::diagnose) asked: u64,
}

impl<'t> World<'t> {
    pub(in crate::diagnose) fn new(topology: &'t Topology, patches: Vec<(Stop, Patch)>) -> Self {
        Self { topology, patches, values: [None; TRAITS], dice: false, asked: 0 }
    }

    /// Reports whether an effect comes and goes.
    pub(in crate::diagnose) fn is_random(&self) -> bool {
        let by_chance =
            |patch: &Patch| matches!(patch.reach, Reach::Share | Reach::ShareOfSome) || patch.effect == Effect::Limits;
        self.patches.iter().any(|(_, patch)| by_chance(patch))
    }

    pub(in crate::diagnose) const fn value(&self, of: Trait) -> Option<Value> {
        self.values[of as usize]
    }

    /// Gives a trait each of its values in turn, with its probability, and takes the value back. Ends at the first error.
    pub(in crate::diagnose) fn with_each_value<E>(
        &mut self,
        of: Trait,
        mut visit: impl FnMut(&mut Self, f64) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let visited = self.topology.values(of).iter().try_for_each(|(value, prior)| {
            self.values[of as usize] = Some(*value);
            visit(self, *prior)
        });
        self.values[of as usize] = None;
        visited
    }

    pub(super) fn ask(&mut self, of: Trait) -> Step<Value> {
        self.asked |= 1 << of as u64;
        self.values[of as usize].ok_or(Unset(of))
    }

    pub(super) fn yes(&mut self, of: Trait) -> Step<bool> {
        Ok(self.ask(of)? == Value::Choice(Choice::Yes))
    }

    pub(super) fn choice(&mut self, of: Trait) -> Step<Choice> {
        Ok(match self.ask(of)? {
            Value::Choice(choice) => choice,
            Value::Result(_) => Choice::Own,
        })
    }

    pub(super) fn result(&mut self, of: Trait) -> Step<Ended> {
        Ok(match self.ask(of)? {
            Value::Result(result) => result,
            Value::Choice(_) => Ended::Failed,
        })
    }

    /// Returns the changes at a stop.
    fn changes(&self, stop: Stop) -> impl Iterator<Item = &Patch> {
        self.patches.iter().filter(move |(here, _)| *here == stop).map(|(_, patch)| patch)
    }

    /// Reports whether this stop is changed in this way for this request.
    pub(super) fn has(&mut self, stop: Stop, effect: Effect, request: &Request) -> Step<bool> {
        for at in 0..self.patches.len() {
            let (here, patch) = self.patches[at];
            if here == stop && patch.effect == effect && self.reaches(patch.reach, request)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reports whether a stop is changed in this way, whatever the request.
    pub(in crate::diagnose) fn ever(&self, stop: Stop, effect: Effect) -> bool {
        self.changes(stop).any(|patch| patch.effect == effect)
    }

    /// Reports whether a stop is changed in this way in this value of its configuration.
    fn ever_in(&self, stop: Stop, effect: Effect, what: Config) -> bool {
        self.changes(stop).any(|patch| patch.effect == effect && patch.of == Some(what))
    }

    /// Reports whether the service lacks this value.
    pub(super) fn lacks(&self, stop: Stop, what: Config) -> bool {
        self.ever_in(stop, Effect::ConfigLost, what)
    }

    /// Reports whether a stop shows another value than the auth service expects.
    pub(super) fn replaces(&self, stop: Stop, what: Config) -> bool {
        self.ever_in(stop, Effect::ReplaceCaller, what)
    }

    /// Returns why a request fails that needs the auth service's store.
    pub(super) fn store_of_auth(&self) -> Reason {
        match self.changes(Stop::AuthStore).next().and_then(|patch| patch.of) {
            Some(Config::Database) => Reason::Database,
            Some(Config::Cache) => Reason::Cache,
            _ => Reason::Store,
        }
    }

    /// Reports whether the changes at a stop reach these requests only.
    pub(super) fn reaches_only(&self, stop: Stop, reach: Reach) -> bool {
        self.changes(stop).all(|patch| patch.reach == reach)
    }

    fn reaches(&mut self, reach: Reach, request: &Request) -> Step<bool> {
        Ok(match reach {
            Reach::All => true,
            Reach::Some => self.is_among_the_affected()?,
            Reach::Paths => self.yes(Trait::EveryPathCovered)? || self.yes(Trait::PathCovered)?,
            Reach::Sockets => request.is_socket(),
            Reach::Streams => request.kind.is_stream(),
            Reach::Subprotocols => request.location == crate::terms::TokenLocation::Subprotocol,
            Reach::Large => request.same_user && request.token.is_sent() && request.token != TokenKind::Malformed,
            Reach::Share => self.dice,
            Reach::ShareOfSome => self.dice && self.is_among_the_affected()?,
        })
    }

    /// Reports whether this endpoint is one of those that a fault affects: few, half or most of them.
    fn is_among_the_affected(&mut self) -> Step<bool> {
        match self.choice(Trait::HowMany)? {
            Choice::Few => self.yes(Trait::FewTouched),
            Choice::Half => self.yes(Trait::Touched),
            _ => self.yes(Trait::MostTouched),
        }
    }

    /// Returns the key with which the auth service verifies, and signs.
    pub(super) fn key_of_auth(&self) -> Key {
        if self.ever(Stop::Auth, Effect::OtherKey) { Key::Auth } else { Key::Shared }
    }
}
