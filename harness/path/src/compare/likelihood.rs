//! The likelihood of all readings under one hypothesis, and a bound that it does not exceed.

use super::manner::Like;
use super::reading::{Evidence, KeySetRead};
use super::search::Search;
use super::startup;
use crate::path::effect::Effect;
use crate::path::stop::Stop;
use crate::predict::model::noise;
use crate::predict::world::World;

/// The result for all readings.
#[derive(Debug, Clone)]
pub struct Likelihood {
    /// The natural logarithm. Negative infinity: impossible.
    pub log: f64,
    /// The exchanges of failures that the hypothesis predicts.
    pub explains: Vec<u32>,
    /// The exchange of the first reading that contradicts it.
    pub conflict: Option<u32>,
}

/// A hypothesis whose likelihood is not summed yet.
pub struct Prospect<'t, 'e> {
    world: World<'t>,
    evidence: &'e Evidence,
    search: Search<'e>,
    /// The endpoints that the bound takes into account.
    looked_at: usize,
    /// The best that the endpoints of earlier services can give, as a logarithm.
    before: f64,
    /// The best that the endpoints of the service at hand can give.
    here: Like,
    besides: f64,
    /// The natural logarithm that the likelihood does not exceed. Negative infinity: impossible.
    pub bound: f64,
}

impl<'t, 'e> Prospect<'t, 'e> {
    /// Returns the hypothesis that a system is like this world.
    #[must_use]
    pub fn new(world: World<'t>, evidence: &'e Evidence) -> Self {
        let search = Search::new(&evidence.endpoints);
        let besides = besides_readings(&world, evidence);
        Self { world, evidence, search, looked_at: 0, before: 0.0, here: Like::ONE, besides, bound: besides }
    }

    /// Takes one more endpoint into account: in the setting of the traits that suits it best. Returns `false` if the bound
    /// is as low as it gets.
    pub fn look_closer(&mut self) -> bool {
        let at = self.looked_at;
        let Some(group) = self.evidence.endpoints.get(at).filter(|_| self.bound.is_finite()) else { return false };
        let of_another = |before: usize| self.evidence.endpoints[before][0].request.to != group[0].request.to;
        if at.checked_sub(1).is_some_and(of_another) {
            self.before += self.here.ln();
            self.here = Like::ONE;
        }
        let best = self.search.best(&mut self.world, at);
        self.search.explained[at] = best.explained;
        self.here.times(&best.like);
        self.looked_at += 1;
        self.bound = self.before + self.here.ln() + self.besides;
        if !best.possible {
            self.search.conflict = (at, best.conflict);
            self.bound = f64::NEG_INFINITY;
        }
        true
    }

    /// Returns the likelihood of the evidence under the hypothesis.
    #[must_use]
    pub fn likelihood(mut self) -> Likelihood {
        if self.bound == f64::NEG_INFINITY {
            return self.at_most();
        }
        self.search.explained.fill(0);
        let rest = self.search.rest(&mut self.world, 0);
        let log = if rest.possible { rest.like.ln() } else { f64::NEG_INFINITY };
        self.found(log + self.besides)
    }

    /// Returns the bound in place of the likelihood: for a hypothesis that is hopeless even so.
    #[must_use]
    pub fn at_most(self) -> Likelihood {
        let bound = self.bound;
        self.found(bound)
    }

    fn found(&self, log: f64) -> Likelihood {
        let readings = || self.evidence.endpoints.iter().zip(&self.search.explained);
        let explains = readings().flat_map(|(group, mask)| {
            let is_in = move |at: &usize| mask & (1 << at) != 0;
            group.iter().enumerate().filter(move |(at, _)| is_in(at)).flat_map(|(_, one)| one.exchanges.clone())
        });
        let conflict = || {
            let (group, at) = self.search.conflict;
            self.evidence.endpoints.get(group)?.get(at).map(|reading| reading.seen.exchange)
        };
        let explains = explains.collect();
        Likelihood { log, explains, conflict: if log == f64::NEG_INFINITY { conflict() } else { None } }
    }
}

/// Returns what clocks, keys and logs add to the likelihood of the readings.
fn besides_readings(world: &World<'_>, evidence: &Evidence) -> f64 {
    of_clocks(world, evidence)
        + of_issued_key(world, evidence)
        + of_key_set(world, evidence)
        + of_published_key(world, evidence)
        + of_issued_claims(world, evidence)
        + of_the_log(world, evidence)
        + startup::likelihood(world, &evidence.own_words)
        + of_the_order(world, evidence)
}

/// What comes and goes does not end with an unbroken row of failures after a row of successes, but by chance. A limit
/// that is reached does.
fn of_the_order(world: &World<'_>, evidence: &Evidence) -> f64 {
    if world.hits_a_share() { evidence.chance_of_order.max(noise().order_misleads).ln() } else { 0.0 }
}

fn of_clocks(world: &World<'_>, evidence: &Evidence) -> f64 {
    let off = |stop| world.ever(stop, Effect::ClockOffset) || world.ever(Stop::Client, Effect::ClockOffset);
    let services = [(evidence.skewed_backend, off(Stop::Backend)), (evidence.skewed_auth, off(Stop::Auth))];
    let by_chance = services.iter().filter(|one| **one == (Some(true), false)).count() as f64;
    let unseen = services.contains(&(Some(false), true));
    by_chance * noise().skew_by_chance.ln() + if unseen { noise().skew_unseen.ln() } else { 0.0 }
}

/// A backend that does not start logs no request.
fn of_the_log(world: &World<'_>, evidence: &Evidence) -> f64 {
    let is_down = world.starts_nowhere(Stop::Backend);
    if evidence.backend_is_at_work && is_down { noise().logged_while_down.ln() } else { 0.0 }
}

/// Our key verifies the tokens of the auth service unless one of the two holds another key.
fn of_issued_key(world: &World<'_>, evidence: &Evidence) -> f64 {
    let Some(ours) = evidence.issued_with_our_key else { return 0.0 };
    let auth = world.ever(Stop::Auth, Effect::OtherKey) || world.ever(Stop::Auth, Effect::SignOtherwise);
    let differs = world.ever(Stop::Client, Effect::OtherKey) != auth;
    if ours != differs { 0.0 } else { noise().sentence_misleads.ln() }
}

/// The auth service publishes the key that signs its tokens, unless it signs with another or publishes another.
fn of_published_key(world: &World<'_>, evidence: &Evidence) -> f64 {
    let Some(published) = evidence.issued_with_published_key else { return 0.0 };
    let differs = [Effect::StaleKeys, Effect::SignOtherwise].iter().any(|effect| world.ever(Stop::Auth, *effect));
    let is_unknown = world.ever(Stop::Auth, Effect::Unknown);
    match (is_unknown, published != differs) {
        (true, _) => 0.5_f64.ln(),
        (false, true) => 0.0,
        (false, false) => noise().sentence_misleads.ln(),
    }
}

/// The issued tokens have the claims that the target declares, unless the auth service issues others.
fn of_issued_claims(world: &World<'_>, evidence: &Evidence) -> f64 {
    let Some(agree) = evidence.issued_as_declared else { return 0.0 };
    let agrees = match () {
        () if world.ever(Stop::Auth, Effect::OtherClaim) => noise().claim_spared,
        () if world.ever(Stop::Auth, Effect::Unknown) => 0.5,
        () => 1.0 - noise().declared_wrong,
    };
    if agree { agrees.ln() } else { (1.0 - agrees).ln() }
}

/// The auth service publishes our key unless we sign with another, or it publishes others than those that sign, or none.
fn of_key_set(world: &World<'_>, evidence: &Evidence) -> f64 {
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
