//! Facts about clocks: the `Date` of responses compared with this machine's clock.

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::model::fact::{ANSWERS_CLOCK, Fact, UNKNOWN};
use crate::observe::Observation;
use crate::terms::Service;

/// A clock may be off by this many seconds: `Date` has whole seconds, and an answer takes time.
const CLOCK_TOLERANCE: i64 = 3;

/// Returns the facts about the auth service's clock and about every response through the edge.
pub(crate) fn facts(target: &Target, observations: &[&Observation]) -> Vec<Fact> {
    clock(target, observations).into_iter().chain(answers_clock(target, observations)).collect()
}

/// Compares this machine's clock with that of the auth service, which validates tokens.
///
/// A wrong clock shows in every response; a single old `Date` comes from a cache. Responses of the backend do not
/// count: they may carry the `Date` of the edge.
fn clock(target: &Target, observations: &[&Observation]) -> Option<Fact> {
    let mut least: BTreeMap<Service, (&Observation, i64)> = BTreeMap::new();
    for (one, skew) in observations.iter().filter_map(|one| Some((*one, one.clock_skew_s?))) {
        let Some(endpoint) = target.endpoints.get(&one.probe.endpoint) else { continue };
        let least = least.entry(endpoint.service).or_insert((one, skew));
        if skew.abs() < least.1.abs() {
            *least = (one, skew);
        }
    }
    let judge = least.contains_key(&Service::Auth);
    let (one, skew) = least.remove(&Service::Auth).or_else(|| least.into_values().next())?;
    let value = match (skew.abs() > CLOCK_TOLERANCE, judge) {
        (false, _) => "in-step",
        (true, true) => "apart",
        (true, false) => UNKNOWN,
    };
    let whose = if judge { "the auth service's" } else { "the server's" };
    let says = format!("{whose} Date header is {} s away from this machine's clock", skew.abs());
    Some(Fact { key: "clock", value, anomaly: value == "apart", says, exchange: Some(one.exchange) })
}

/// Compares this machine's clock with the `Date` of every response through the edge.
/// Edges keep time, so a large difference usually means that this machine's clock is wrong.
fn answers_clock(target: &Target, observations: &[&Observation]) -> Option<Fact> {
    let through = |one: &&&Observation| target.endpoints.get(&one.probe.endpoint).is_some_and(|on| !on.past_edge);
    let skewed = observations.iter().filter(through).filter_map(|one| Some((one, one.clock_skew_s?)));
    let (one, skew) = skewed.min_by_key(|(_, skew)| skew.abs())?;
    let value = if skew.abs() > CLOCK_TOLERANCE { "apart" } else { "in-step" };
    let says = format!("every Date header is at least {} s away from this machine's clock", skew.abs());
    Some(Fact { key: ANSWERS_CLOCK, value, anomaly: false, says, exchange: Some(one.exchange) })
}
