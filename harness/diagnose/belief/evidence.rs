//! What the probes of a run gave, reduced to what the model predicts.

use std::collections::{BTreeMap, BTreeSet};

use super::selection::select;
use crate::config::Target;
use crate::diagnose::predict::ending::Result;
use crate::diagnose::predict::request::Request;
use crate::diagnose::predict::topology::Seen;
use crate::observe::{Authn, LatencyClass, Observation, Outcome};
use crate::probe::ProbeKey;
use crate::statements::Meaning;
use crate::terms::{Hop, Role, Service};

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
    /// Whether the response names the product that the backend's responses usually name. `None`: not known.
    pub(super) usual_product: Option<bool>,
    /// What the log of the component that was called says about it.
    pub(super) logged: Vec<Meaning>,
    /// Whether the backend's own log shows that it arrived.
    pub(super) arrived: bool,
    /// Whether it can contradict a hypothesis. One odd result among several may be an accident.
    pub(super) firm: bool,
}

/// What logs and key sets say, besides the probes.
#[derive(Debug, Default)]
pub(in crate::diagnose) struct Records {
    /// What the logs say about each exchange.
    pub(in crate::diagnose) said: BTreeMap<u32, Vec<Meaning>>,
    /// The exchanges of the failed steps.
    pub(in crate::diagnose) failed: BTreeSet<u32>,
    /// The key set of the auth service, where the target names it.
    pub(in crate::diagnose) key_set: Option<KeySetRead>,
    /// The exchanges that the backend's own log shows.
    pub(in crate::diagnose) arrived: BTreeSet<u32>,
    /// Whether the backend logged a request while others failed.
    pub(in crate::diagnose) backend_is_at_work: bool,
}

/// What the key set of the auth service holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnose) enum KeySetRead {
    /// Our key, among others.
    Ours,
    /// Other keys only.
    Others,
    /// Nothing: it is empty, or could not be read.
    Nothing,
}

/// All readings of a run, those of one endpoint together.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub(super) endpoints: Vec<Vec<Reading<'a>>>,
    /// Whether a server's clock is off. `None`: no response told the time.
    pub(super) is_skewed: Option<bool>,
    /// Whether our key verifies the tokens that the auth service issues.
    pub(super) issued_with_our_key: Option<bool>,
    pub(super) key_set: Option<KeySetRead>,
    /// Whether the backend logged a request while others failed.
    pub(super) backend_is_at_work: bool,
}

/// Seconds by which a clock must be off to count.
const SKEW_S: i64 = 60;
/// A stream that breaks after a silence of this many ms breaks because a component waited.
const LATE_MS: u64 = 900;
/// Readings of one endpoint that are compared.
const MOST: usize = 64;

impl<'a> Evidence<'a> {
    /// Collects the observations of the probes that take part in the diagnosis.
    pub(super) fn of(
        observations: &[&'a Observation],
        target: &Target,
        user: &str,
        counts: &dyn Fn(&ProbeKey) -> bool,
        records: &Records,
    ) -> Self {
        let endpoints: BTreeMap<&str, usize> =
            target.endpoints.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let strangers = strangers(observations);
        let mut all: Vec<Reading<'a>> = Vec::new();
        for seen in observations.iter().copied().filter(|seen| counts(&seen.probe)) {
            let Some(endpoint) = target.endpoints.get(&seen.probe.endpoint) else { continue };
            let at = endpoints[seen.probe.endpoint.as_str()];
            let Some(request) = Request::of(&seen.probe, endpoint, at, user) else { continue };
            // A step may expect that an endpoint without a role refuses this user.
            let is_free = endpoint.role == Role::Open && !records.failed.contains(&seen.exchange);
            if is_free && seen.result != Outcome::Ok {
                continue;
            }
            let said = records.said.get(&seen.exchange).map_or(&[][..], Vec::as_slice);
            let arrived = records.arrived.contains(&seen.exchange);
            let reading = reading(request, seen, said);
            let result = if is_as_another(seen, &strangers) { Result::OtherUser } else { reading.result };
            all.push(Reading { arrived, result, ..reading });
        }
        select(&mut all);
        let skews = observations.iter().filter_map(|seen| seen.clock_skew_s);
        Self {
            is_skewed: skews.map(i64::abs).max().map(|most| most > SKEW_S),
            issued_with_our_key: observations.iter().find_map(|seen| seen.issued_with_our_secret),
            key_set: records.key_set,
            backend_is_at_work: records.backend_is_at_work,
            endpoints: by_endpoint(joined(all)),
        }
    }
}

fn reading<'a>(request: Request, seen: &'a Observation, said: &[Meaning]) -> Reading<'a> {
    let result = result(seen);
    let broke_late = !result.is_success() && seen.idle_ms.is_some_and(|ms| ms >= LATE_MS);
    let late = broke_late || matches!(seen.latency, LatencyClass::Seconds | LatencyClass::Slow);
    let (exchanges, logged) = (vec![seen.exchange], said.to_vec());
    Reading { request, result, seen, late, exchanges, usual_product: None, logged, arrived: false, firm: true }
}

/// Joins the readings that do not differ in what the model predicts.
fn joined(all: Vec<Reading<'_>>) -> Vec<Reading<'_>> {
    let mut joined: Vec<Reading<'_>> = Vec::new();
    for one in all {
        let same = |other: &&mut Reading<'_>| {
            (other.request, other.result, other.late, other.firm) == (one.request, one.result, one.late, one.firm)
                && (other.seen.answered_by, other.usual_product) == (one.seen.answered_by, one.usual_product)
        };
        match joined.iter_mut().find(same) {
            Some(known) => {
                known.exchanges.extend(one.exchanges);
                known.logged.extend(one.logged);
                known.arrived |= one.arrived;
            }
            None => joined.push(one),
        }
    }
    joined
}

/// Returns the users as whom each endpoint serves calls without a token.
fn strangers<'a>(observations: &[&'a Observation]) -> BTreeSet<(&'a str, &'a str)> {
    let bare = observations.iter().filter(|seen| !seen.probe.token.is_sent());
    bare.filter_map(|seen| Some((seen.probe.endpoint.as_str(), seen.identity.as_deref()?))).collect()
}

/// Reports whether an endpoint served a good token as another user, and not as the user of calls without a token.
fn is_as_another(seen: &Observation, strangers: &BTreeSet<(&str, &str)>) -> bool {
    let is_served = seen.status.is_some_and(|status| (200..300).contains(&status)) && seen.result == Outcome::Denied;
    let is_good = seen.probe.token.should_be_accepted() && !seen.probe.token.may_name_another_subject();
    let as_whom = seen.identity.as_deref().filter(|_| is_served && is_good);
    as_whom.is_some_and(|user| !strangers.contains(&(seen.probe.endpoint.as_str(), user)))
}

fn result(seen: &Observation) -> Result {
    match seen.result {
        Outcome::Ok if seen.authn == Authn::AcceptedAsOther => Result::OtherUser,
        Outcome::Ok if seen.held_back => Result::HeldBack,
        other => other.into(),
    }
}

/// Groups the readings, those of one service together. The health checks and the introspection come first: they rule
/// out most.
fn by_endpoint(all: Vec<Reading<'_>>) -> Vec<Vec<Reading<'_>>> {
    let mut groups: Vec<Vec<Reading<'_>>> = Vec::new();
    for reading in all {
        match groups.iter_mut().find(|group| group[0].request.endpoint == reading.request.endpoint) {
            Some(group) if group.len() < MOST => group.push(reading),
            Some(_) => {}
            None => groups.push(vec![reading]),
        }
    }
    groups.sort_by_key(|group| {
        let rank = match group[0].request.role {
            Role::Health | Role::SelfCheck => 0,
            Role::Introspection => 1,
            _ => 2,
        };
        (group[0].request.to != Service::Auth, rank)
    });
    groups
}

impl Evidence<'_> {
    /// Takes an exchange for an accident: it contradicts no hypothesis any more.
    pub(super) fn doubt(&mut self, exchange: u32) {
        let doubted = self.endpoints.iter_mut().flatten().filter(|one| one.exchanges.contains(&exchange));
        doubted.for_each(|one| one.firm = false);
    }

    /// Returns every result that a reading has.
    pub(super) fn seen(&self) -> Vec<Seen> {
        let of = |reading: &Reading<'_>| Seen {
            endpoint: reading.request.endpoint,
            result: reading.result,
            is_socket: reading.request.is_socket(),
        };
        let mut all: Vec<Seen> = self.endpoints.iter().flatten().map(of).collect();
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
