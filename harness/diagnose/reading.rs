//! Observations, grouped: what each kind of probe gave, once. Sits in `diagnose`.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{Cell, Place};
use crate::config::{DIRECT, Target};
use crate::observe::{Authn, Observation, Outcome};
use crate::probe::ProbeKey;
use crate::terms::{Hop, TokenKind, TokenLocation};

/// How a call ends that was taken and not carried out.
const BROKEN_DOWN: [Outcome; 5] =
    [Outcome::Failed, Outcome::Unavailable, Outcome::TimedOut, Outcome::BrokenStream, Outcome::Silent];

/// What one probe gave: the first of its repetitions, before controls opened breakers and filled caches; where they differ and it
/// must work, the first that failed.
#[derive(Debug, Clone)]
pub(super) struct Reading<'a> {
    pub(super) cell: Cell,
    pub(super) observation: &'a Observation,
    /// This exchange and its repetitions.
    pub(super) exchanges: Vec<u32>,
    /// A repetition ended otherwise: intermittent, so it contradicts nothing.
    pub(super) mixed: bool,
    /// How the tries that were answered ended, each once.
    pub(super) outcomes: BTreeSet<Outcome>,
    /// It must work, failed, and then went through.
    pub(super) flaps: bool,
    /// It worked while others flap: it may have met the half that works, and contradicts nothing.
    pub(super) lucky: bool,
    /// Tries that got no answer at all while others did: lost on the way, and evidence of nothing.
    pub(super) lost: Vec<u32>,
    /// Who made the answer, where that is more than a hint.
    pub(super) answered_by: Hop,
    /// It was sent past the edge, and the same call through the edge came to something that nothing behind the edge can make of it.
    pub(super) parts_the_ways: bool,
    /// It was sent through an edge that answers by itself where nothing behind it does, and nobody answered, here or to any such call.
    pub(super) is_cut_off: bool,
    /// On the same endpoint something that must work did not.
    pub(super) beside_failure: bool,
}

impl<'a> Reading<'a> {
    fn of(cell: Cell, tries: &[&'a Observation]) -> Option<Self> {
        let (lost, answered): (Vec<&Observation>, Vec<&Observation>) = tries.iter().partition(|one| is_lost(one));
        let noise = !answered.is_empty() && lost.len() <= answered.len();
        let mut kept = if noise { answered } else { tries.to_vec() };
        // A try that nothing was asked of does not speak against one that did not bring what it was asked for.
        if kept.iter().any(|one| one.result == Outcome::Hollow) {
            kept.retain(|one| one.result != Outcome::Ok);
        }
        let first = *kept.first()?;
        let reading = |observation: &'a Observation| Self {
            cell,
            observation,
            exchanges: tries.iter().map(|one| one.exchange).collect(),
            outcomes: kept.iter().map(|one| one.result).collect(),
            mixed: kept.iter().any(|one| one.result != first.result),
            flaps: false,
            lucky: false,
            lost: if noise { lost.iter().map(|one| one.exchange).collect() } else { Vec::new() },
            answered_by: maker(observation),
            parts_the_ways: false,
            is_cut_off: false,
            beside_failure: false,
        };
        let failed = kept.iter().position(|one| reading(one).fails());
        let Some(at) = failed.filter(|_| reading(first).mixed) else { return Some(reading(first)) };
        let flaps = kept[at..].iter().any(|one| one.result == Outcome::Ok);
        Some(Self { flaps, ..reading(kept[at]) })
    }

    /// Whether it can speak against a fault.
    pub(super) const fn is_firm(&self) -> bool {
        !self.mixed && !self.lucky
    }

    /// Whether one of its tries ended in one of these ways.
    pub(super) fn ever(&self, results: &[Outcome]) -> bool {
        results.is_empty() || results.iter().any(|result| self.outcomes.contains(result))
    }

    /// Whether no try of it got any answer.
    pub(super) fn is_lost(&self) -> bool {
        is_lost(self.observation)
    }

    /// Whether something that must work did not.
    pub(super) fn fails(&self) -> bool {
        self.must_work() && (self.observation.result != Outcome::Ok || self.observation.authn == Authn::AcceptedAsOther)
    }

    /// Whether a cause must explain it: it must work and did not, or broke down whoever asked.
    pub(super) fn is_broken(&self) -> bool {
        self.fails() || self.fails_whoever_asks()
    }

    /// Whether nobody was to be served, and what was asked for broke down: no credential is the reason.
    pub(super) fn fails_whoever_asks(&self) -> bool {
        self.cell.optional && !self.cell.token.is_sent() && BROKEN_DOWN.contains(&self.observation.result)
    }

    pub(super) fn must_work(&self) -> bool {
        match self.cell.place {
            Place::BackendHealth | Place::DirectHealth | Place::AuthHealth | Place::Issuer | Place::SelfCheck => true,
            Place::Protected | Place::Direct => self.cell.token.should_be_accepted(),
            Place::Introspection => self.cell.token.should_be_accepted() && self.caller_is_good(),
        }
    }

    /// The edge refused it, so nobody further in was asked.
    pub(super) fn ended_at_the_edge(&self) -> bool {
        self.answered_by == Hop::Edge && self.observation.result == Outcome::Denied
    }

    /// What it counts as: place, worth of the token, way in, caller, user, and how it ended.
    pub(super) fn group(&self) -> impl Ord + use<> {
        let Cell { place, token, token_location, caller, same_user, .. } = self.cell;
        let worth = (token.is_sent(), token.should_be_accepted(), token == TokenKind::Issued);
        (
            place,
            worth,
            matches!(token_location, TokenLocation::Subprotocol | TokenLocation::Query),
            caller,
            same_user,
            self.observation.result,
        )
    }

    /// What any system in order gives too: what must work works, and a token that must be refused is refused.
    pub(super) fn is_as_always(&self) -> bool {
        if self.must_work() {
            return !self.fails();
        }
        let refused = self.observation.result == Outcome::Denied;
        match self.cell.place {
            // A caller that is not the right one may be served or not.
            Place::Introspection if self.cell.token.should_be_accepted() => {
                refused || self.observation.result == Outcome::Ok
            }
            Place::Protected | Place::Direct | Place::Introspection => refused,
            _ => false,
        }
    }

    fn caller_is_good(&self) -> bool {
        matches!(self.cell.caller, None | Some(crate::terms::Caller::Right))
    }

    /// Whether two answers are the same as far as their decision goes: status, outcome, close code, who answered.
    pub(super) fn same_decision(&self, other: &Self) -> bool {
        let (a, b) = (self.observation, other.observation);
        let by_same = self.answered_by == other.answered_by
            || self.answered_by == Hop::Unknown
            || other.answered_by == Hop::Unknown;
        by_same && (a.result, a.status, a.close_code) == (b.result, b.status, b.close_code)
    }

    /// The endpoint that was called.
    pub(super) fn endpoint(&self) -> &str {
        &self.observation.probe.endpoint
    }

    /// Whether they are the same decision, in the same words but for ids, times and numbers.
    pub(super) fn is_to_the_letter_like(&self, other: &Self) -> bool {
        self.same_decision(other) && self.observation.shape == other.observation.shape
    }
}

/// All readings, with a way from one to its control.
#[derive(Debug)]
pub(super) struct Readings<'a> {
    pub(super) all: Vec<Reading<'a>>,
}

impl<'a> Readings<'a> {
    pub(super) fn of(observations: &[&'a Observation], target: &Target, user: &str) -> Self {
        let mut all: Vec<Reading<'a>> = Vec::new();
        for (cell, tries) in tries(observations, target, user) {
            all.extend(Reading::of(cell, &tries));
        }
        forget_a_closed_way(&mut all);
        mark_failing_endpoints(&mut all);
        let flaps = all.iter().any(|reading| reading.flaps);
        for reading in &mut all {
            // It may have been served by the half that works.
            reading.lucky = flaps && reading.cell.goes_through_the_backend() && reading.must_work() && !reading.fails();
        }
        let mut readings = Self { all };
        let parted: Vec<bool> = readings.all.iter().map(|reading| readings.parts_the_ways(reading)).collect();
        readings.all.iter_mut().zip(parted).for_each(|(reading, parts)| reading.parts_the_ways = parts);
        readings
    }

    /// For an edge that speaks HTTP: it answers for a service that is not there.
    pub(super) fn mark_what_is_cut_off(&mut self) {
        let through = |one: &Reading<'_>| matches!(one.cell.place, Place::BackendHealth | Place::Protected);
        let is_cut_off = self.all.iter().filter(|one| through(one)).all(Reading::is_lost);
        self.all.iter_mut().filter(|one| through(one)).for_each(|one| one.is_cut_off = is_cut_off);
    }

    /// Let in, or nowhere to be found, by the one way and not by the other; or nobody by the one, and somebody who is refused by the other:
    /// the token was lost.
    fn parts_the_ways(&self, past: &Reading<'_>) -> bool {
        let Some(through) = self.through_the_edge(past).filter(|through| through.is_firm()) else { return false };
        let let_in = |one: &Reading<'_>| matches!(one.observation.result, Outcome::Ok | Outcome::Hollow);
        let is_there = |one: &Reading<'_>| one.observation.result != Outcome::NotFound;
        let lost = (self.fares_like_nobody(through), self.fares_like_nobody(past)) == (Some(true), Some(false));
        let_in(through) != let_in(past) || is_there(through) != is_there(past) || lost
    }

    /// What another token got on the same endpoint by the same token location, as the same caller.
    pub(super) fn control(&self, of: &Reading<'_>, token: TokenKind) -> Option<&Reading<'a>> {
        let key = &of.observation.probe;
        self.all.iter().find(|reading| {
            let other = &reading.observation.probe;
            other.endpoint == key.endpoint
                && other.token == token
                && other.caller == key.caller
                && (other.token_location == key.token_location || token == TokenKind::None)
        })
    }

    /// Whether it was answered to the letter as it is without a token, where that was asked.
    pub(super) fn fares_like_nobody(&self, of: &Reading<'_>) -> Option<bool> {
        let nobody = self.control(of, TokenKind::None).filter(|_| of.cell.token.is_sent())?;
        Some(of.is_to_the_letter_like(nobody))
    }

    /// What the same call came to through the edge, for one past it.
    pub(super) fn through_the_edge(&self, past: &Reading<'_>) -> Option<&Reading<'a>> {
        let key = &past.observation.probe;
        let endpoint = key.endpoint.strip_suffix(DIRECT)?;
        self.all.iter().find(|reading| {
            let other = &reading.observation.probe;
            let asked = (other.endpoint.as_str(), other.token, other.token_location, &other.user);
            asked == (endpoint, key.token, key.token_location, &key.user)
        })
    }

    /// Which reading shows what somebody before the backend has made, for one whose way is lost.
    pub(super) fn made_before(&self, lost: &Reading<'_>) -> Option<usize> {
        let made = if lost.is_cut_off { Some(lost) } else { self.through_the_edge(lost) };
        self.all.iter().position(|one| made.is_some_and(|made| made.exchanges == one.exchanges))
    }

    /// Whether it went well past the edge, and through it too: then it proves nothing of the edge.
    pub(super) fn also_through_the_edge(&self, past: &Reading<'_>) -> bool {
        past.cell.is_past_the_edge() && !past.fails() && self.through_the_edge(past).is_none_or(|one| !one.fails())
    }

    /// Whether the same call, which failed through the edge, went well past it.
    pub(super) fn is_well_past_the_edge(&self, failed: &Reading<'_>) -> bool {
        let past = self.all.iter().filter(|one| one.cell.is_past_the_edge() && !one.fails() && one.is_firm());
        past.filter_map(|one| self.through_the_edge(one)).any(|one| one.exchanges == failed.exchanges && one.fails())
    }

    pub(super) fn failing(&self) -> impl Iterator<Item = &Reading<'a>> {
        self.all.iter().filter(|reading| reading.fails())
    }

    pub(super) fn has(&self, key: &ProbeKey) -> bool {
        self.all.iter().any(|reading| reading.observation.probe == *key)
    }
}

/// All tries of each kind of probe, in the order in which the kinds were first sent.
fn tries<'a>(observations: &[&'a Observation], target: &Target, user: &str) -> Vec<(Cell, Vec<&'a Observation>)> {
    let mut all: Vec<(Cell, Vec<&'a Observation>)> = Vec::new();
    let mut seen: BTreeMap<&ProbeKey, usize> = BTreeMap::new();
    for &observation in observations {
        let Some(endpoint) = target.endpoints.get(&observation.probe.endpoint) else { continue };
        if endpoint.success_proves_nothing() && observation.result == Outcome::Ok {
            continue;
        }
        let Some(cell) = Cell::of(&observation.probe, endpoint, user) else { continue };
        match seen.get(&observation.probe) {
            Some(&at) => all[at].1.push(observation),
            None => {
                seen.insert(&observation.probe, all.len());
                all.push((cell, vec![observation]));
            }
        }
    }
    all
}

const fn maker(observation: &Observation) -> Hop {
    if observation.maker_is_hint { Hop::Unknown } else { observation.answered_by }
}

/// The connection ended without an answer. A timeout is an answer of a kind: it comes before a breaker opens.
const fn is_lost(observation: &Observation) -> bool {
    matches!(observation.result, Outcome::Reset | Outcome::Refused)
}

/// The way past the edge says something only where it is open: many platforms let nobody in there. Where no other way leads to anybody
/// either, a hint that the backend itself says no is enough.
fn forget_a_closed_way(all: &mut Vec<Reading<'_>>) {
    let health = |reading: &Reading<'_>| reading.cell.place == Place::DirectHealth;
    let mut through = all.iter().filter(|one| matches!(one.cell.place, Place::BackendHealth | Place::Protected));
    let is_the_only_way = through.all(|one| one.observation.status.is_none());
    let by_the_backend = |reading: &Reading<'_>| {
        let maker = if is_the_only_way { reading.observation.answered_by } else { reading.answered_by };
        maker == Hop::Backend
    };
    let open = all.iter().any(|reading| health(reading) && (!reading.fails() || by_the_backend(reading)));
    all.retain(|reading| open || !matches!(reading.cell.place, Place::DirectHealth | Place::Direct));
}

fn mark_failing_endpoints(all: &mut [Reading<'_>]) {
    let failing = all.iter().filter(|reading| reading.fails());
    let failing: BTreeSet<&str> = failing.map(|reading| reading.observation.probe.endpoint.as_str()).collect();
    for reading in all {
        reading.beside_failure = failing.contains(reading.observation.probe.endpoint.as_str());
    }
}
