//! What the probes of a run gave, reduced to what the model predicts.

use std::collections::{BTreeMap, BTreeSet};

use fivewhys_path::{CallSeen, Ended, Evidence, KeySetRead, MOST, OwnWords, Reading, Request, Shown, Startup};

use super::declared::request;
use super::selection::select;
use crate::config::Target;
use crate::observe::{Authn, LatencyClass, Observation, Outcome};
use crate::probe::ProbeKey;
use crate::statements::Meaning;
use crate::terms::{Hop, Role, Service};

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
    /// The exchanges of which the backend's own log has nothing, although it has something of nearly every success.
    pub(in crate::diagnose) missed: BTreeSet<u32>,
    /// Whether the backend logged a request while others failed.
    pub(in crate::diagnose) backend_is_at_work: bool,
    /// What the services logged about themselves.
    pub(in crate::diagnose) own_words: OwnWords,
    /// The first failed exchange for which the backend may ask other services.
    pub(in crate::diagnose) asks: Option<u32>,
    /// What the auth service's own log has of the backend's questions.
    pub(in crate::diagnose) call: Option<CallSeen>,
    /// What the auth service logged during the failed requests to the backend.
    pub(in crate::diagnose) auth_said: Vec<Meaning>,
    /// What the backend's own log has of its calls to other services.
    pub(in crate::diagnose) called_in_vain: Vec<Meaning>,
    /// How the backend's own question to the auth service ended, where no probe asked it.
    pub(in crate::diagnose) inner: Option<InnerCall>,
}

/// A call of the backend to the auth service, from the request log of the auth service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::diagnose) struct InnerCall {
    /// The endpoint of the auth service.
    pub(in crate::diagnose) endpoint: String,
    /// How it ended, whatever the token and the caller.
    pub(in crate::diagnose) result: Outcome,
    /// The failed exchange during which the backend made it.
    pub(in crate::diagnose) exchange: u32,
}

/// Seconds by which a clock must be off to count.
const SKEW_S: i64 = 60;
/// A stream that breaks after a silence of this many ms breaks because a component waited.
const LATE_MS: u64 = 900;

/// Collects the observations of the probes that take part in the diagnosis.
pub(in crate::diagnose) fn evidence(
    observations: &[&Observation],
    target: &Target,
    user: &str,
    counts: &dyn Fn(&ProbeKey) -> bool,
    records: &Records,
) -> Evidence {
    let endpoints: BTreeMap<&str, usize> =
        target.endpoints.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let strangers = strangers(observations);
    let mut all: Vec<Reading> = Vec::new();
    for seen in observations.iter().copied().filter(|seen| counts(&seen.probe)) {
        let Some(endpoint) = target.endpoints.get(&seen.probe.endpoint) else { continue };
        let at = endpoints[seen.probe.endpoint.as_str()];
        let Some(mut request) = request(&seen.probe, target, endpoint, at, user) else { continue };
        request.has_body &= seen.result != Outcome::Ok || !sent_more(observations, seen);
        request.from_cache = seen.from_cache;
        // A step may expect that an endpoint without a role refuses this user.
        let is_free = endpoint.role == Role::Open && !endpoint.past_edge && !records.failed.contains(&seen.exchange);
        if is_free && seen.result != Outcome::Ok {
            continue;
        }
        let result = if is_as_another(seen, &strangers) { Ended::OtherUser } else { result(seen) };
        all.push(reading(request, result, seen, records));
    }
    all.extend(records.inner.as_ref().and_then(|inner| inner_reading(inner, observations, target, user, &endpoints)));
    select(&mut all);
    let skewed = |of: Service| {
        let is_its_own = |seen: &&&Observation| {
            target.endpoints.get(&seen.probe.endpoint).is_some_and(|endpoint| endpoint.service == of)
        };
        let skews = observations.iter().filter(is_its_own).filter_map(|seen| seen.clock_skew_s);
        skews.map(i64::abs).max().map(|most| most > SKEW_S)
    };
    Evidence {
        skewed_backend: skewed(Service::Backend),
        skewed_auth: skewed(Service::Auth),
        issued_with_our_key: observations.iter().find_map(|seen| seen.issued.with_our_secret),
        issued_with_published_key: observations.iter().find_map(|seen| seen.issued.with_published_key),
        issued_as_declared: observations.iter().find_map(|seen| seen.issued.as_declared),
        key_set: records.key_set,
        backend_is_at_work: records.backend_is_at_work,
        own_words: records.own_words,
        chance_of_order: chance_of_order(&all),
        endpoints: by_endpoint(joined(all)),
    }
}

fn reading(request: Request, result: Ended, seen: &Observation, records: &Records) -> Reading {
    let broke_late = !result.is_success() && seen.idle_ms.is_some_and(|ms| ms >= LATE_MS);
    // Our own limit may be short, because the service is known to hang.
    let given_up = seen.result == Outcome::TimedOut && seen.status.is_none();
    let late = broke_late || given_up || matches!(seen.latency, LatencyClass::Seconds | LatencyClass::Slow);
    let is_the_one = records.asks == Some(seen.exchange);
    Reading {
        request,
        result,
        seen: shown(seen),
        late,
        exchanges: vec![seen.exchange],
        usual_product: None,
        logged: records.said.get(&seen.exchange).cloned().unwrap_or_default(),
        arrived: records.arrived.contains(&seen.exchange),
        missed: records.missed.contains(&seen.exchange),
        call: records.call.filter(|_| is_the_one),
        called_in_vain: if is_the_one { records.called_in_vain.clone() } else { Vec::new() },
        auth_said: if is_the_one { records.auth_said.clone() } else { Vec::new() },
        backend_started: is_the_one && records.own_words.of_backend == Some(Startup::Listens),
        firm: true,
    }
}

/// A body of fewer bytes than this share of another is not the one that is too large.
const MUCH_LESS: f64 = 0.5;

/// Reports whether a probe of the same endpoint sent a much larger body.
fn sent_more(observations: &[&Observation], than: &Observation) -> bool {
    let Some(bytes) = than.sent_bytes else { return false };
    let is_larger = |seen: &&Observation| {
        let sent = seen.sent_bytes.unwrap_or_default();
        seen.probe.endpoint == than.probe.endpoint && (bytes as f64) < MUCH_LESS * sent as f64
    };
    observations.iter().any(is_larger)
}

/// Returns the backend's own call as a reading. Nothing is known about its response but the result.
fn inner_reading(
    inner: &InnerCall,
    observations: &[&Observation],
    target: &Target,
    user: &str,
    endpoints: &BTreeMap<&str, usize>,
) -> Option<Reading> {
    let outer = observations.iter().find(|seen| seen.exchange == inner.exchange)?;
    let endpoint = target.endpoints.get(&inner.endpoint)?;
    let key = ProbeKey { endpoint: inner.endpoint.clone(), ..outer.probe.clone() };
    let request = request(&key, target, endpoint, endpoints[inner.endpoint.as_str()], user)?;
    let seen = Shown {
        answered_by: Hop::Unknown,
        means: Vec::new(),
        product: None,
        connection_headers: None,
        status: None,
        ..shown(outer)
    };
    Some(Reading {
        request,
        result: inner.result.into(),
        seen: Shown { maker_is_hint: false, speaks_for_another: false, shape: String::new(), ..seen },
        late: false,
        exchanges: vec![inner.exchange],
        usual_product: None,
        logged: Vec::new(),
        arrived: false,
        missed: false,
        call: None,
        called_in_vain: Vec::new(),
        auth_said: Vec::new(),
        backend_started: false,
        firm: true,
    })
}

fn shown(seen: &Observation) -> Shown {
    Shown {
        exchange: seen.exchange,
        answered_by: seen.answered_by,
        maker_is_hint: seen.maker_is_hint,
        speaks_for_another: seen.speaks_for_another,
        is_slow: seen.latency == LatencyClass::Slow,
        took_ms: seen.took_ms,
        lasted_ms: seen.lasted_ms,
        left_open: seen.left_open,
        unconnected: seen.unconnected,
        product: seen.product.clone(),
        connection_headers: seen.connection_headers.clone(),
        status: seen.status,
        shape: seen.shape.clone(),
        means: seen.means.clone(),
    }
}

/// Returns the chance that good calls to the backend fail only after the last that worked, if each fails by chance. 1 if
/// they do not.
fn chance_of_order(all: &[Reading]) -> f64 {
    let is_good = |one: &&Reading| {
        let request = &one.request;
        request.to == Service::Backend && request.role != Role::Health && request.token.should_be_accepted()
    };
    let exchanges = |worked: bool| -> BTreeSet<u32> {
        let ended_so = all.iter().filter(is_good).filter(|one| one.result.is_success() == worked);
        ended_so.flat_map(|one| one.exchanges.iter().copied()).collect()
    };
    let (worked, failed) = (exchanges(true), exchanges(false));
    if worked.is_empty() || worked.last() >= failed.first() {
        return 1.0;
    }
    // One of the ways to choose the calls that fail.
    (1..=worked.len()).map(|at| at as f64 / (failed.len() + at) as f64).product()
}

/// Joins the readings that do not differ in what the model predicts.
fn joined(all: Vec<Reading>) -> Vec<Reading> {
    let mut joined: Vec<Reading> = Vec::new();
    for one in all {
        let same = |other: &&mut Reading| {
            (other.request, other.result, other.late, other.firm) == (one.request, one.result, one.late, one.firm)
                && (other.seen.answered_by, other.usual_product) == (one.seen.answered_by, one.usual_product)
        };
        match joined.iter_mut().find(same) {
            Some(known) => {
                known.exchanges.extend(one.exchanges);
                known.logged.extend(one.logged);
                known.arrived |= one.arrived;
                known.call = known.call.or(one.call);
                known.called_in_vain.extend(one.called_in_vain);
                known.auth_said.extend(one.auth_said);
                known.backend_started |= one.backend_started;
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

fn result(seen: &Observation) -> Ended {
    match seen.result {
        Outcome::Ok if seen.authn == Authn::AcceptedAsOther => Ended::OtherUser,
        Outcome::Ok if seen.held_back => Ended::HeldBack,
        other => other.into(),
    }
}

impl From<Outcome> for Ended {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Ok => Self::Ok,
            Outcome::Denied => Self::Denied,
            Outcome::NotFound => Self::NotFound,
            Outcome::InvalidRequest => Self::InvalidRequest,
            Outcome::Throttled => Self::Throttled,
            Outcome::Failed => Self::Failed,
            Outcome::Unavailable => Self::Unavailable,
            Outcome::BrokenStream => Self::BrokenStream,
            Outcome::Silent => Self::Silent,
            Outcome::Hollow => Self::Hollow,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::Refused => Self::Refused,
            Outcome::Reset => Self::Reset,
            Outcome::TlsFailed => Self::TlsFailed,
            Outcome::DnsFailed => Self::DnsFailed,
            Outcome::WrongService => Self::WrongService,
            Outcome::Unreadable => Self::Unreadable,
            Outcome::Blocked => Self::Blocked,
        }
    }
}

/// Groups the readings, those of one service together. The health checks and the introspection come first: they rule
/// out most.
fn by_endpoint(all: Vec<Reading>) -> Vec<Vec<Reading>> {
    let mut groups: Vec<Vec<Reading>> = Vec::new();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{endpoint, exchange, staging};
    use crate::observe::observe;
    use crate::terms::TokenKind;

    #[test]
    fn the_call_of_the_backend_is_a_reading_of_the_auth_service() {
        const PROTECTED: &str = "backend.chat-messages";
        let refused = exchange(PROTECTED, TokenKind::Valid).answered(401, "application/json", "{}");
        let seen = observe(&refused, &endpoint(PROTECTED), "").expect("an observation");
        let inner = InnerCall { endpoint: "auth.validate".into(), result: Outcome::NotFound, exchange: seen.exchange };
        let records = Records { inner: Some(inner), ..Records::default() };
        let found = evidence(&[&seen], &staging(), "primary", &|_| true, &records);
        let ended: Vec<(Service, Role, Ended)> =
            found.endpoints.iter().flatten().map(|one| (one.request.to, one.request.role, one.result)).collect();
        assert_eq!(
            ended,
            [(Service::Auth, Role::Introspection, Ended::NotFound), (Service::Backend, Role::Protected, Ended::Denied)]
        );
    }
}
