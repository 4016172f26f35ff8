//! A system under one hypothesis and one setting of its traits.

use super::call_seen::CallsSeen;
use super::ending::{Reason, Result as Ended};
use super::model::noise;
use super::request::{Key, Request};
use super::topology::Topology;
use super::traits::{Choice, TRAITS, Trait, Value};
use crate::path::effect::{Config, Effect, Patch, Reach};
use crate::path::stop::Stop;
use crate::terms::{Role, TokenKind, TokenLocation};

/// A trait that the walk asked for and that has no value yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unset(pub Trait);

/// The result of a step of the walk.
pub type Step<T> = std::result::Result<T, Unset>;

/// A system under one hypothesis and one setting of the traits that were asked for.
#[derive(Debug)]
pub struct World<'t> {
    pub(crate) topology: &'t Topology,
    patches: Vec<(Stop, Patch)>,
    /// The effects at each stop, one bit each.
    effects: [u64; Stop::ALL.len()],
    /// Those of them that do not come and go.
    steady: [u64; Stop::ALL.len()],
    values: [Option<Value>; TRAITS],
    /// Whether a trait without a value takes its first value when it is asked for.
    tries: bool,
    /// The traits that took their first value so, in this order.
    tried: Vec<Trait>,
    /// The endpoint of the request at hand.
    pub(super) endpoint: usize,
    /// What the auth service can have logged of the backend's last question for the request at hand.
    pub(super) calls: CallsSeen,
    /// Why the auth service refused or failed then.
    pub(super) why_not: Reason,
    /// Whether an effect that comes and goes shows in the request at hand.
    pub dice: bool,
}

impl<'t> World<'t> {
    /// Returns a system with these changes, in which no trait has a value yet.
    #[must_use]
    pub fn new(topology: &'t Topology, patches: Vec<(Stop, Patch)>) -> Self {
        let of = |counts: fn(&Patch) -> bool| {
            let mut effects = [0; Stop::ALL.len()];
            let counted = patches.iter().filter(|(_, patch)| counts(patch));
            counted.for_each(|(stop, patch)| effects[*stop as usize] |= 1 << patch.effect as u64);
            effects
        };
        let (effects, steady) = (of(|_| true), of(|patch| !patch.reach.is_by_chance()));
        let (calls, why_not) = (CallsSeen::QUIET, Reason::None);
        let values = [None; TRAITS];
        let (tries, tried) = (false, Vec::new());
        Self { topology, patches, effects, steady, values, tries, tried, endpoint: 0, calls, why_not, dice: false }
    }

    /// Reports whether an effect comes and goes.
    #[must_use]
    pub fn is_random(&self) -> bool {
        let by_chance =
            |patch: &Patch| patch.reach.is_by_chance() || matches!(patch.effect, Effect::Limits | Effect::Die);
        self.patches.iter().any(|(_, patch)| by_chance(patch))
    }

    /// Reports whether an effect hits a share of the requests, whatever came before them.
    pub(crate) fn hits_a_share(&self) -> bool {
        self.patches.iter().any(|(_, patch)| patch.reach.is_by_chance())
    }

    /// Returns the share of the requests in which an effect that comes and goes shows.
    pub fn share(&mut self) -> Step<f64> {
        let noise = noise();
        if self.patches.iter().all(|(_, patch)| patch.reach == Reach::Rarely) {
            return Ok(noise.rare_share);
        }
        Ok(match self.choice(Trait::HowOften)? {
            Choice::Few => noise.rare_share,
            Choice::Most => 1.0 - noise.rare_share,
            _ => noise.share,
        })
    }

    pub(crate) const fn set(&mut self, of: Trait, value: Option<Value>) {
        self.values[of as usize] = value;
    }

    /// Gives a trait each of its values in turn, with its probability, and takes the value back. Ends at the first error.
    pub fn with_each_value<E>(
        &mut self,
        of: Trait,
        mut visit: impl FnMut(&mut Self, f64) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let visited = self.topology.values_at(of, self.endpoint).iter().try_for_each(|(value, prior)| {
            self.values[of as usize] = Some(*value);
            visit(self, *prior)
        });
        self.values[of as usize] = None;
        visited
    }

    /// Visits the system without the values that an endpoint has for itself, if the endpoint is another one.
    pub(crate) fn at_another_endpoint(&mut self, is_another: bool, visit: impl FnOnce(&mut Self)) {
        let kept = self.values;
        if is_another {
            Trait::ALL.iter().filter(|of| of.is_local()).for_each(|of| self.values[*of as usize] = None);
        }
        visit(self);
        self.values = kept;
    }

    /// Runs a walk in which each trait without a value takes its first one. [`Self::last_tried`] names these traits.
    pub(crate) fn trying<T>(&mut self, walk: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        self.tries = true;
        let ended = walk(self);
        self.tries = false;
        ended
    }

    /// Returns how many traits have the value that was tried for them.
    pub(crate) const fn tried(&self) -> usize {
        self.tried.len()
    }

    /// Forgets the last trait that a walk gave its first value, if more than `before` are known, and returns it. It keeps the
    /// value until the caller takes it back.
    pub(crate) fn last_tried(&mut self, before: usize) -> Option<Trait> {
        if self.tried.len() > before { self.tried.pop() } else { None }
    }

    pub(super) fn ask(&mut self, of: Trait) -> Step<Value> {
        match self.values[of as usize] {
            Some(value) => Ok(value),
            None if self.tries => Ok(self.try_first(of)),
            None => Err(Unset(of)),
        }
    }

    fn try_first(&mut self, of: Trait) -> Value {
        let (first, _) = self.topology.values_at(of, self.endpoint)[0];
        self.values[of as usize] = Some(first);
        self.tried.push(of);
        first
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
    #[inline]
    pub(super) fn has(&mut self, stop: Stop, effect: Effect, request: &Request) -> Step<bool> {
        // Most questions end here.
        if self.shows(stop, effect) { self.reaches_with(stop, effect, request) } else { Ok(false) }
    }

    fn reaches_with(&mut self, stop: Stop, effect: Effect, request: &Request) -> Step<bool> {
        for at in 0..self.patches.len() {
            let (here, patch) = self.patches[at];
            let may_reach = patch.only.is_none_or(|only| only.has(request.endpoint));
            if here == stop && patch.effect == effect && may_reach && self.reaches(patch.reach, request)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reports whether anything is changed at a stop.
    pub(crate) const fn is_changed(&self, stop: Stop) -> bool {
        self.effects[stop as usize] != 0
    }

    /// Reports whether a stop is changed in this way in the request at hand, whatever requests that reaches.
    #[inline]
    pub(super) const fn shows(&self, stop: Stop, effect: Effect) -> bool {
        let here = if self.dice { &self.effects } else { &self.steady };
        here[stop as usize] & (1 << effect as u64) != 0
    }

    /// Reports whether a stop is changed in this way, whatever the request.
    pub(crate) const fn ever(&self, stop: Stop, effect: Effect) -> bool {
        self.effects[stop as usize] & (1 << effect as u64) != 0
    }

    /// Reports whether a stop is changed in this way in this value of its configuration.
    fn ever_in(&self, stop: Stop, effect: Effect, what: Config) -> bool {
        self.ever(stop, effect) && self.changes(stop).any(|patch| patch.effect == effect && patch.of == Some(what))
    }

    /// Reports whether no instance of a service starts.
    pub(crate) fn starts_nowhere(&self, stop: Stop) -> bool {
        self.changes(stop).any(|patch| patch.effect == Effect::DoesNotStart && patch.reach == Reach::All)
    }

    /// Reports whether the service fails on this when it starts. `None`: on something else.
    pub(crate) fn fails_to_start(&self, stop: Stop, on: Option<Config>) -> bool {
        self.changes(stop).any(|patch| patch.effect == Effect::DoesNotStart && patch.of == on)
    }

    /// Returns how many values of its configuration the service lacks.
    pub(crate) fn values_lost(&self, stop: Stop) -> usize {
        self.changes(stop).filter(|patch| patch.effect == Effect::ConfigLost).count()
    }

    /// Reports whether the service lacks this value.
    pub(crate) fn lacks(&self, stop: Stop, what: Config) -> bool {
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

    /// Reports whether this change at a stop reaches these requests only.
    pub(super) fn reaches_only(&self, stop: Stop, effect: Effect, reach: Reach) -> bool {
        self.changes(stop).filter(|patch| patch.effect == effect).all(|patch| patch.reach == reach)
    }

    fn reaches(&mut self, reach: Reach, request: &Request) -> Step<bool> {
        Ok(match reach {
            Reach::All => true,
            Reach::Some => self.is_among_the_affected(request)?,
            Reach::Paths => match self.choice(Trait::EveryPathCovered)? {
                Choice::Yes => true,
                Choice::ButHealth => !request.is_health(),
                _ => self.is_among_the_paths()?,
            },
            Reach::Sockets => request.is_socket(),
            Reach::Streams => request.kind.is_stream(),
            Reach::Subprotocols => request.location == TokenLocation::Subprotocol,
            Reach::Queries => request.location == TokenLocation::Query,
            Reach::Cookies => request.location == TokenLocation::Cookie,
            Reach::Bodies => request.has_body && self.yes(Trait::BodyIsLarge)?,
            Reach::Large => {
                let is_short = matches!(request.token, TokenKind::AlgNone | TokenKind::Malformed);
                let in_header = !matches!(request.location, TokenLocation::Query | TokenLocation::Body);
                if self.yes(Trait::EveryRequestIsLarge)? {
                    return Ok(true);
                }
                request.token.is_sent()
                    && (in_header || self.yes(Trait::UrlsAreLimited)?)
                    && (!request.token.is_minted_by_auth_service() || self.yes(Trait::IssuedAreLarge)?)
                    && (!is_short || self.yes(Trait::UnsignedAreLarge)?)
                    && (request.same_user || self.yes(Trait::EveryTokenIsLarge)?)
            }
            Reach::Share | Reach::Rarely => self.dice,
            Reach::ShareOfSome => self.dice && self.is_among_the_affected(request)?,
        })
    }

    /// Reports whether a stop turns the request away because there are too many.
    pub(super) fn is_limited(&mut self, stop: Stop, request: &Request) -> Step<bool> {
        Ok(self.has(stop, Effect::Limits, request)?
            && (stop != Stop::Auth || request.role == Role::Issuer || !self.yes(Trait::OnlyLoginsAreLimited)?)
            && (self.dice || self.yes(Trait::LimitIsReached)?)
            && (!request.is_health() || self.yes(Trait::HealthToo)?))
    }

    /// Reports whether this endpoint is one of those that a fault affects: few, half or most of them, or the sockets.
    fn is_among_the_affected(&mut self, request: &Request) -> Step<bool> {
        match self.choice(Trait::HowMany)? {
            Choice::Sockets => Ok(request.is_socket()),
            Choice::Streams => Ok(request.kind.is_stream()),
            _ => self.is_among_the_paths(),
        }
    }

    /// Reports whether the path of this endpoint is one of those that a rule covers: few, half or most of them.
    fn is_among_the_paths(&mut self) -> Step<bool> {
        match self.choice(Trait::HowMany)? {
            Choice::Few => self.yes(Trait::FewTouched),
            Choice::Half => self.yes(Trait::Touched),
            Choice::Sockets | Choice::Streams => Ok(false),
            _ => self.yes(Trait::MostTouched),
        }
    }

    /// Returns the key with which the auth service verifies, and signs.
    pub(super) fn key_of_auth(&self) -> Key {
        if self.ever(Stop::Auth, Effect::OtherKey) { Key::Auth } else { Key::Shared }
    }
}
