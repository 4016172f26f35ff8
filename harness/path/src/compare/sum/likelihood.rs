//! The likelihood of all readings under one hypothesis.

use super::decision::Decisions;
use super::search::Search;
use super::shared::Shared;
use crate::compare::reading::{Evidence, KeySetRead, Reading};
use crate::compare::startup;
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

/// Returns the likelihood of the evidence under the hypothesis of these decisions.
#[must_use]
pub fn likelihood(decisions: &mut Decisions<'_>, evidence: &Evidence, shared: &mut Shared) -> Likelihood {
    let besides = besides_readings(&decisions.world, evidence);
    let mut search = Search::new(decisions, &evidence.endpoints, shared);
    let rest = search.rest(0);
    search.keep_what_is_known();
    let conflict = || {
        let (group, at) = search.conflict;
        evidence.endpoints.get(group)?.get(at).map(|reading| reading.seen.exchange)
    };
    Likelihood {
        log: if rest.possible { rest.like.ln() + besides } else { f64::NEG_INFINITY },
        explains: explained(evidence, &search),
        conflict: if rest.possible { None } else { conflict() },
    }
}

/// Returns the exchanges of the failures that a possible setting predicts.
fn explained(evidence: &Evidence, search: &Search<'_, '_>) -> Vec<u32> {
    let readings = evidence.endpoints.iter().zip(&search.explained);
    let of_group = |(group, mask): (&'_ Vec<_>, &u64)| {
        let is_in = |at: &usize| mask & (1 << at) != 0;
        let kept = group.iter().enumerate().filter(|(at, _)| is_in(at));
        kept.flat_map(|(_, one): (_, &Reading)| one.exchanges.clone()).collect::<Vec<u32>>()
    };
    readings.flat_map(of_group).collect()
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
        + of_the_scheme(world, evidence)
}

/// A service whose challenge names another scheme than ours does not read our header, whatever comes before it.
fn of_the_scheme(world: &World<'_>, evidence: &Evidence) -> f64 {
    let ignores = [Stop::Client, Stop::Backend].iter().any(|stop| world.ever(*stop, Effect::DropCredential));
    if evidence.wants_other_scheme() && !ignores { noise().scheme_of_another.ln() } else { 0.0 }
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
    let is_gone = [Effect::DoesNotStart, Effect::Hang, Effect::Fail, Effect::NotFound, Effect::Refuse]
        .iter()
        .any(|effect| world.ever(Stop::Auth, *effect));
    let is_unknown = [Stop::Auth, Stop::Network].iter().any(|stop| world.ever(*stop, Effect::Unknown));
    let differs = world.ever(Stop::Client, Effect::OtherKey)
        || world.ever(Stop::Auth, Effect::OtherKey)
        || world.ever(Stop::Auth, Effect::StaleKeys);
    let nothing = match (is_gone, is_unknown || world.is_changed(Stop::Network)) {
        _ if world.ever(Stop::Auth, Effect::NoKeys) => 1.0 - noise.key_set_unread,
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
