//! What the probes of a run gave, reduced to what the model predicts.

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::predict::ending::Result;
use crate::diagnose::predict::request::Request;
use crate::observe::{Authn, LatencyClass, Observation, Outcome};
use crate::probe::ProbeKey;
use crate::terms::{Hop, Role};

/// One way in which a kind of request ended.
#[derive(Debug, Clone)]
pub(super) struct Reading<'a> {
    pub(super) request: Request,
    pub(super) result: Result,
    /// The first observation of it.
    pub(super) seen: &'a Observation,
    /// Whether the response came late.
    pub(super) late: bool,
    /// The exchanges in which it ended so.
    pub(super) exchanges: Vec<u32>,
    /// Whether it can contradict a hypothesis. One odd result among several may be an accident.
    pub(super) firm: bool,
}

/// All readings of a run, those of one endpoint together.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub(super) endpoints: Vec<Vec<Reading<'a>>>,
    /// Whether a server's clock is off.
    pub(super) is_skewed: bool,
    /// Whether our key verifies the tokens that the auth service issues.
    pub(super) issued_with_our_key: Option<bool>,
}

/// Seconds by which a clock must be off to count.
const SKEW_S: i64 = 60;
/// Readings of one endpoint that are compared.
const MOST: usize = 64;

impl<'a> Evidence<'a> {
    /// Collects the observations of the probes that take part in the diagnosis.
    pub(super) fn of(
        observations: &[&'a Observation],
        target: &Target,
        user: &str,
        counts: &dyn Fn(&ProbeKey) -> bool,
    ) -> Self {
        let endpoints: BTreeMap<&str, usize> =
            target.endpoints.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let mut all: Vec<Reading<'a>> = Vec::new();
        for seen in observations.iter().copied().filter(|seen| counts(&seen.probe)) {
            let Some(endpoint) = target.endpoints.get(&seen.probe.endpoint) else { continue };
            let at = endpoints[seen.probe.endpoint.as_str()];
            let Some(request) = Request::of(&seen.probe, endpoint, at, user) else { continue };
            add(&mut all, request, seen);
        }
        drop_lost_attempts(&mut all);
        mark_accident(&mut all);
        let skews = observations.iter().filter_map(|seen| seen.clock_skew_s);
        Self {
            is_skewed: skews.map(i64::abs).max().is_some_and(|most| most > SKEW_S),
            issued_with_our_key: observations.iter().find_map(|seen| seen.issued_with_our_secret),
            endpoints: by_endpoint(all),
        }
    }
}

fn add<'a>(all: &mut Vec<Reading<'a>>, request: Request, seen: &'a Observation) {
    let result = result(seen);
    let late = matches!(seen.latency, LatencyClass::Seconds | LatencyClass::Slow);
    let same = |one: &&mut Reading<'_>| {
        one.request == request && one.result == result && one.late == late && one.seen.answered_by == seen.answered_by
    };
    if let Some(known) = all.iter_mut().find(same) {
        known.exchanges.push(seen.exchange);
        return;
    }
    all.push(Reading { request, result, seen, late, exchanges: vec![seen.exchange], firm: true });
}

fn result(seen: &Observation) -> Result {
    match seen.result {
        Outcome::Ok if seen.authn == Authn::AcceptedAsOther => Result::OtherUser,
        Outcome::Ok if seen.held_back => Result::HeldBack,
        other => other.into(),
    }
}

/// Removes attempts that got no connection while others of the same request got an answer.
fn drop_lost_attempts(all: &mut Vec<Reading<'_>>) {
    let is_lost = |one: &Reading<'_>| matches!(one.result, Result::Refused | Result::Reset);
    let count = |request: &Request, lost: bool| -> usize {
        all.iter().filter(|one| one.request == *request && is_lost(one) == lost).map(|one| one.exchanges.len()).sum()
    };
    let kept: Vec<bool> =
        all.iter().map(|one| !is_lost(one) || count(&one.request, false) < count(&one.request, true).max(1)).collect();
    let mut kept = kept.into_iter();
    all.retain(|_| kept.next().unwrap_or(true));
}

/// A call that failed once and otherwise works may be an accident. Several are a fault that comes and goes.
fn mark_accident(all: &mut [Reading<'_>]) {
    let other_result =
        |one: &Reading<'_>| all.iter().any(|other| other.request == one.request && other.result != one.result);
    let odd = |one: &Reading<'_>| !one.result.is_success() && one.exchanges.len() == 1 && other_result(one);
    let at: Vec<usize> = (0..all.len()).filter(|at| odd(&all[*at])).collect();
    if let [only] = at.as_slice() {
        all[*only].firm = false;
    }
}

/// Groups the readings. The health checks and the introspection come first: they rule out most.
fn by_endpoint(all: Vec<Reading<'_>>) -> Vec<Vec<Reading<'_>>> {
    let mut groups: Vec<Vec<Reading<'_>>> = Vec::new();
    for reading in all {
        match groups.iter_mut().find(|group| group[0].request.endpoint == reading.request.endpoint) {
            Some(group) if group.len() < MOST => group.push(reading),
            Some(_) => {}
            None => groups.push(vec![reading]),
        }
    }
    groups.sort_by_key(|group| match group[0].request.role {
        Role::Health | Role::SelfCheck => 0,
        Role::Introspection => 1,
        _ => 2,
    });
    groups
}

impl Evidence<'_> {
    /// Returns every result that a reading has.
    pub(super) fn results(&self) -> Vec<Result> {
        let mut all: Vec<Result> = self.endpoints.iter().flatten().map(|reading| reading.result).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Reading<'_> {
    /// Returns the component that is said to have answered, and whether that is more than a hint.
    pub(super) const fn maker(&self) -> (Hop, bool) {
        (self.seen.answered_by, !self.seen.maker_is_hint)
    }
}
