//! Readings: the observations of one run, grouped so that each probe counts once.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{DIRECT, Target};
use crate::diagnose::model::probe_class::{Place, ProbeClass};
use crate::diagnose::model::probe_selector::ProbeSelector;
use crate::observe::{Authn, Observation, Outcome};
use crate::probe::ProbeKey;
use crate::terms::{Hop, TokenKind};

/// The outcomes of a call that was accepted but not completed.
const BROKEN_DOWN: [Outcome; 5] =
    [Outcome::Failed, Outcome::Unavailable, Outcome::TimedOut, Outcome::BrokenStream, Outcome::Silent];

/// The result of one probe.
///
/// It is the first attempt, before controls opened circuit breakers and filled caches. If the attempts differ and the
/// call must succeed, it is the first that failed.
#[derive(Debug, Clone)]
pub(crate) struct Reading<'a> {
    pub(crate) class: ProbeClass,
    pub(crate) observation: &'a Observation,
    /// The exchanges of all attempts.
    pub(crate) exchanges: Vec<u32>,
    /// Whether its attempts ended alike.
    stability: Stability,
    /// The outcomes of the attempts that count, each once.
    pub(crate) outcomes: BTreeSet<Outcome>,
    /// Attempts that got no answer while others did. They are evidence of nothing.
    pub(crate) lost: Vec<u32>,
    /// The component that answered, where that is more than a hint.
    pub(crate) answered_by: Hop,
}

/// Whether the attempts of one probe ended alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stability {
    /// They ended alike.
    Steady,
    /// They ended differently, so the reading contradicts nothing.
    Varying,
    /// It must succeed, failed, and then succeeded.
    Intermittent,
    /// It succeeded while others are intermittent: a later attempt may fail, so it contradicts nothing.
    UnreliableSuccess,
}

impl<'a> Reading<'a> {
    /// Reports whether the selector matches it.
    pub(crate) fn is_on(&self, on: &ProbeSelector) -> bool {
        on.matches_at(&self.observation.probe.endpoint, &self.class)
    }

    fn of(class: ProbeClass, tries: &[&'a Observation]) -> Option<Self> {
        let (lost, answered): (Vec<&Observation>, Vec<&Observation>) = tries.iter().partition(|one| is_lost(one));
        let noise = !answered.is_empty() && lost.len() <= answered.len();
        let mut kept = if noise { answered } else { tries.to_vec() };
        // A success without any expected content does not outweigh an attempt that lacked its content.
        if kept.iter().any(|one| one.result == Outcome::Hollow) {
            kept.retain(|one| one.result != Outcome::Ok);
        }
        let first = *kept.first()?;
        let varies = kept.iter().any(|one| one.result != first.result);
        let reading = |observation: &'a Observation| Self {
            class,
            observation,
            exchanges: tries.iter().map(|one| one.exchange).collect(),
            outcomes: kept.iter().map(|one| one.result).collect(),
            stability: if varies { Stability::Varying } else { Stability::Steady },
            lost: if noise { lost.iter().map(|one| one.exchange).collect() } else { Vec::new() },
            answered_by: maker(observation),
        };
        let failed = kept.iter().position(|one| fails(&class, one));
        let Some(at) = failed.filter(|_| varies) else { return Some(reading(first)) };
        let recovers = kept[at..].iter().any(|one| one.result == Outcome::Ok);
        let stability = if recovers { Stability::Intermittent } else { Stability::Varying };
        Some(Self { stability, ..reading(kept[at]) })
    }

    /// Reports whether it can contradict a fault.
    pub(crate) const fn is_firm(&self) -> bool {
        matches!(self.stability, Stability::Steady)
    }

    /// Reports whether its attempts ended differently.
    pub(crate) const fn varies(&self) -> bool {
        matches!(self.stability, Stability::Varying | Stability::Intermittent)
    }

    /// Reports whether it must succeed, failed, and then succeeded.
    pub(crate) const fn is_intermittent(&self) -> bool {
        matches!(self.stability, Stability::Intermittent)
    }

    /// Reports whether one of its attempts ended with one of these outcomes.
    pub(crate) fn ever(&self, results: &[Outcome]) -> bool {
        results.is_empty() || results.iter().any(|result| self.outcomes.contains(result))
    }

    /// Reports whether its connection was lost without an answer.
    pub(crate) fn is_lost(&self) -> bool {
        is_lost(self.observation)
    }

    /// Reports whether a call that must succeed failed.
    pub(crate) fn fails(&self) -> bool {
        fails(&self.class, self.observation)
    }

    /// Reports whether a cause must explain it: it must succeed and failed, or it failed without any credential
    /// involved.
    pub(crate) fn is_broken(&self) -> bool {
        self.fails() || self.fails_without_credentials()
    }

    /// Reports whether an anonymous call with optional sign-in was not completed: no credential is the reason.
    pub(crate) fn fails_without_credentials(&self) -> bool {
        self.class.optional && !self.class.token.is_sent() && BROKEN_DOWN.contains(&self.observation.result)
    }

    /// Reports whether the call must succeed in a healthy system.
    pub(crate) fn must_work(&self) -> bool {
        must_work(&self.class)
    }

    /// Reports whether the edge refused it, so that the backend was not called.
    pub(crate) fn ended_at_the_edge(&self) -> bool {
        self.answered_by == Hop::Edge && self.observation.result == Outcome::Denied
    }

    /// Reports whether two responses have the same decision: status, outcome, close code and the component that
    /// answered.
    pub(crate) fn same_decision(&self, other: &Self) -> bool {
        let (a, b) = (self.observation, other.observation);
        let by_same = self.answered_by == other.answered_by
            || self.answered_by == Hop::Unknown
            || other.answered_by == Hop::Unknown;
        by_same && (a.result, a.status, a.close_code) == (b.result, b.status, b.close_code)
    }

    /// Returns the endpoint that was called.
    pub(crate) fn endpoint(&self) -> &str {
        &self.observation.probe.endpoint
    }

    /// Reports whether two responses are identical after masking ids, times and numbers.
    pub(crate) fn is_same_response_as(&self, other: &Self) -> bool {
        self.same_decision(other) && self.observation.shape == other.observation.shape
    }
}

/// Reports whether a call of this class must succeed in a healthy system.
fn must_work(class: &ProbeClass) -> bool {
    let caller_is_good = || matches!(class.caller, None | Some(crate::terms::Caller::Right));
    match class.place {
        Place::BackendHealth | Place::DirectHealth | Place::AuthHealth | Place::Issuer | Place::SelfCheck => true,
        Place::Protected | Place::Direct => class.token.should_be_accepted(),
        Place::Introspection => class.token.should_be_accepted() && caller_is_good(),
    }
}

/// Reports whether a call of this class that must succeed failed.
fn fails(class: &ProbeClass, observation: &Observation) -> bool {
    must_work(class) && (observation.result != Outcome::Ok || observation.authn == Authn::AcceptedAsOther)
}

/// All readings of a run.
#[derive(Debug)]
pub(crate) struct Readings<'a> {
    pub(crate) all: Vec<Reading<'a>>,
}

impl<'a> Readings<'a> {
    pub(crate) fn of(observations: &[&'a Observation], target: &Target, user: &str) -> Self {
        let mut all: Vec<Reading<'a>> = Vec::new();
        for (class, tries) in tries(observations, target, user) {
            all.extend(Reading::of(class, &tries));
        }
        forget_a_closed_way(&mut all);
        let unreliable = all.iter().any(Reading::is_intermittent);
        for reading in all.iter_mut().filter(|one| unreliable && one.class.goes_through_the_backend()) {
            // A working instance may have served it.
            if reading.must_work() && !reading.fails() {
                reading.stability = Stability::UnreliableSuccess;
            }
        }
        Self { all }
    }

    /// Returns the reading of another token at the same endpoint, in the same location and with the same service
    /// credentials.
    pub(crate) fn control(&self, of: &Reading<'_>, token: TokenKind) -> Option<&Reading<'a>> {
        let key = &of.observation.probe;
        self.all.iter().find(|reading| {
            let other = &reading.observation.probe;
            other.endpoint == key.endpoint
                && other.token == token
                && other.caller == key.caller
                && (other.token_location == key.token_location || token == TokenKind::None)
        })
    }

    /// Reports whether it got the same response as a call without a token. `None`: no such call was made.
    pub(crate) fn is_answered_as_without_token(&self, of: &Reading<'_>) -> Option<bool> {
        let without = self.control(of, TokenKind::None).filter(|_| of.class.token.is_sent())?;
        Some(of.is_same_response_as(without))
    }

    /// Returns the reading of the same call through the edge, for one directly at the backend.
    pub(crate) fn through_the_edge(&self, direct: &Reading<'_>) -> Option<&Reading<'a>> {
        let key = &direct.observation.probe;
        let endpoint = key.endpoint.strip_suffix(DIRECT)?;
        self.all.iter().find(|reading| {
            let other = &reading.observation.probe;
            let asked = (other.endpoint.as_str(), other.token, other.token_location, &other.user);
            asked == (endpoint, key.token, key.token_location, &key.user)
        })
    }

    /// Reports whether a call succeeded directly at the backend and did not fail through the edge: it proves nothing
    /// about the edge.
    pub(crate) fn also_through_the_edge(&self, direct: &Reading<'_>) -> bool {
        direct.class.is_direct() && !direct.fails() && self.through_the_edge(direct).is_none_or(|one| !one.fails())
    }

    pub(crate) fn failing(&self) -> impl Iterator<Item = &Reading<'a>> {
        self.all.iter().filter(|reading| reading.fails())
    }

    pub(crate) fn has(&self, key: &ProbeKey) -> bool {
        self.all.iter().any(|reading| reading.observation.probe == *key)
    }
}

/// Returns all attempts of each probe, in the order in which the probes were first sent.
fn tries<'a>(observations: &[&'a Observation], target: &Target, user: &str) -> Vec<(ProbeClass, Vec<&'a Observation>)> {
    let mut all: Vec<(ProbeClass, Vec<&'a Observation>)> = Vec::new();
    let mut seen: BTreeMap<&ProbeKey, usize> = BTreeMap::new();
    for &observation in observations {
        let Some(endpoint) = target.endpoints.get(&observation.probe.endpoint) else { continue };
        if endpoint.success_proves_nothing() && observation.result == Outcome::Ok {
            continue;
        }
        let Some(class) = ProbeClass::of(&observation.probe, endpoint, user) else { continue };
        match seen.get(&observation.probe) {
            Some(&at) => all[at].1.push(observation),
            None => {
                seen.insert(&observation.probe, all.len());
                all.push((class, vec![observation]));
            }
        }
    }
    all
}

const fn maker(observation: &Observation) -> Hop {
    if observation.maker_is_hint { Hop::Unknown } else { observation.answered_by }
}

/// Reports whether the connection ended without an answer. A timeout counts as an answer: it comes before a circuit
/// breaker opens.
const fn is_lost(observation: &Observation) -> bool {
    matches!(observation.result, Outcome::Reset | Outcome::Refused)
}

/// Removes calls directly at the backend where the platform does not allow them.
///
/// They are allowed if the health check succeeds there, or if the backend itself answers it. Where no call through the
/// edge got an answer, a hint at the backend is enough.
fn forget_a_closed_way(all: &mut Vec<Reading<'_>>) {
    let health = |reading: &Reading<'_>| reading.class.place == Place::DirectHealth;
    let mut through = all.iter().filter(|one| matches!(one.class.place, Place::BackendHealth | Place::Protected));
    let is_the_only_way = through.all(|one| one.observation.status.is_none());
    let by_the_backend = |reading: &Reading<'_>| {
        let maker = if is_the_only_way { reading.observation.answered_by } else { reading.answered_by };
        maker == Hop::Backend
    };
    let open = all.iter().any(|reading| health(reading) && (!reading.fails() || by_the_backend(reading)));
    all.retain(|reading| open || !matches!(reading.class.place, Place::DirectHealth | Place::Direct));
}
