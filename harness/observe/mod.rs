//! Observations: what one exchange shows about the hop, the credential and the outcome.
//!
//! Start at [`observe`], which turns an [`Exchange`] into an [`Observation`].
//!
//! - `observation`: the result type
//! - `maker`: which component produced the response, weighed from marks
//! - `signature`: the marks of products, as data in `signatures/*.toml`
//! - `challenge`, `proxy_status`, `redirect`, `standards`: the marks that standards define
//! - `condition`: conditions of the target file on headers and text
//! - `credential`: what became of the token
//! - `grpc`: the status of a gRPC call
//! - `browser`: whether a browser keeps the response from the page
//! - `outcome`: how the call ended
//! - `shape`: a digest that is equal for two responses that differ only in ids, times and numbers
//!
//! Invariant: this folder never compares two exchanges, and never touches the network.

mod browser;
pub(crate) mod challenge;
mod condition;
mod credential;
pub(crate) mod grpc;
mod maker;
mod observation;
mod outcome;
pub(crate) mod proxy_status;
mod redirect;
mod shape;
pub(crate) mod signature;
mod standards;
#[cfg(test)]
mod tests;

pub(crate) use credential::own_name;
pub use observation::{Authn, Because, LatencyClass, Observation, Outcome};
pub(crate) use shape::without_ids;

use crate::config::Endpoint;
use crate::probe::{ErrorKind, Exchange, Side};
use crate::statements::{self, Meaning};

/// Reads one exchange. `sub` is the subject of the probe's user: it shows whether the service signed in another user.
///
/// Returns `None` when the budget of the run cut the exchange short, because that shows nothing about the system.
#[must_use]
pub fn observe(exchange: &Exchange, endpoint: &Endpoint, sub: &str) -> Option<Observation> {
    if exchange.error.as_ref().is_some_and(|error| error.kind == ErrorKind::BudgetSpent) {
        return None;
    }
    let ended = outcome::outcome(exchange, endpoint);
    let identity = credential::identity(exchange, endpoint);
    let anonymous = ended == Outcome::Ok && credential::served_without_the_user(endpoint, identity.as_deref(), sub);
    let by_service = if anonymous { Outcome::Denied } else { ended };
    let blocked = browser::blocked(exchange, by_service);
    let preflight = blocked.and_then(|_| browser::refused_preflight(exchange));
    let result = match (&blocked, &preflight) {
        // A preflight that got no answer of the service says nothing about its rules for other origins.
        (Some(_), Some(preflight)) if preflight.status().is_some_and(|status| status >= 500) => {
            outcome::outcome(preflight, endpoint)
        }
        (Some(_), _) => Outcome::Blocked,
        (None, _) => by_service,
    };
    let authn = credential::authn(exchange, endpoint, by_service, sub, identity.as_deref());
    let made = match &preflight {
        Some(preflight) => maker::maker(preflight, endpoint, Outcome::Denied),
        None => maker::maker(exchange, endpoint, ended),
    };
    let (says, means) = if by_service == Outcome::Ok { (None, Vec::new()) } else { told(exchange) };
    let not_the_user = anonymous.then(|| credential::not_the_user(identity.as_deref()));
    Some(Observation {
        exchange: exchange.id,
        probe: exchange.probe.clone(),
        answered_by: made.by,
        maker_is_hint: made.hint,
        unmarked: made.unmarked,
        speaks_for_another: made.speaks_for_another,
        from_cache: standards::from_cache(exchange),
        carried: None,
        authn,
        result,
        latency: latency(exchange),
        took_ms: exchange.phases.first_byte_ms.unwrap_or(exchange.phases.end_ms).round() as u64,
        lasted_ms: lasted_ms(exchange),
        idle_ms: idle_ms(exchange),
        left_open: is_left_open(exchange),
        unconnected: is_unconnected(exchange),
        product: product(preflight.as_ref().unwrap_or(exchange)),
        connection_headers: connection_headers(exchange),
        sent_bytes: sent_bytes(exchange),
        status: exchange.status(),
        grpc_status: exchange.grpc_status(),
        close_code: exchange.close.as_ref().filter(|close| close.by == Side::Server).map(|close| close.code),
        identity,
        shape: shape::shape(exchange),
        says,
        means,
        held_back: is_held_back(exchange),
        blocked: exchange.blocked.clone(),
        signatures: made.signatures,
        because: std::iter::once(made.because)
            .chain(grpc::because(exchange))
            .chain(not_the_user)
            .chain(blocked.map(browser::because))
            .chain(browser::redirect(exchange))
            .collect(),
        clock_skew_s: clock_skew(exchange),
        unchallenged: exchange.status() == Some(401) && exchange.header("www-authenticate").is_none(),
        issued: exchange.issued,
    })
}

/// Adds what a report of an earlier version lacks, and reads its sentences anew.
pub(crate) fn complete(observation: &mut Observation, exchange: &Exchange) {
    (observation.lasted_ms, observation.idle_ms) = (lasted_ms(exchange), idle_ms(exchange));
    observation.left_open = is_left_open(exchange);
    observation.unconnected = is_unconnected(exchange);
    let preflight = observation.blocked.as_ref().and_then(|_| browser::refused_preflight(exchange));
    observation.product = product(preflight.as_ref().unwrap_or(exchange));
    observation.connection_headers = connection_headers(exchange);
    observation.sent_bytes = sent_bytes(exchange);
    observation.from_cache = standards::from_cache(exchange);
    if observation.result == Outcome::Ok {
        return;
    }
    let said = observation.says.take();
    (observation.says, observation.means) = told(exchange);
    observation.says = said.or(observation.says.take());
    observation.held_back = is_held_back(exchange);
}

/// Headers that a proxy adds to what it relays, and not to what it answers itself: the documentation of Envoy's router and
/// of Kong.
const OF_RELAYED: [&str; 2] = ["x-envoy-upstream-service-time", "x-kong-upstream-latency"];

/// Returns the `Server` and `X-Powered-By` headers, and the names of those of a relayed response. A proxy adds its own
/// `Server`, or replaces that of the service.
fn product(exchange: &Exchange) -> Option<String> {
    let head = exchange.head.as_ref()?;
    let is_one_of = |name: &str, all: &[&str]| all.iter().any(|one| name.eq_ignore_ascii_case(one));
    let of = |(name, value): &(String, String)| match name {
        name if is_one_of(name, &["server", "x-powered-by"]) => Some(value.clone()),
        name => is_one_of(name, &OF_RELAYED).then(|| name.to_ascii_lowercase()),
    };
    Some(head.headers.iter().filter_map(of).collect::<Vec<_>>().join(", "))
}

fn connection_headers(exchange: &Exchange) -> Option<String> {
    exchange.head.as_ref()?;
    let sent = ["date", "keep-alive"].into_iter().filter(|name| exchange.header(name).is_some());
    Some(sent.collect::<Vec<_>>().join(", "))
}

fn is_left_open(exchange: &Exchange) -> bool {
    lasted_ms(exchange).is_some() && exchange.error.as_ref().is_some_and(|error| error.kind == ErrorKind::StreamTimeout)
}

fn is_unconnected(exchange: &Exchange) -> bool {
    let never = |kind: ErrorKind| kind.reached_no_host() || kind == ErrorKind::ConnectionTimeout;
    exchange.error.as_ref().is_some_and(|error| never(error.kind))
}

/// Returns how long a stream or socket was silent before its end.
fn idle_ms(exchange: &Exchange) -> Option<u64> {
    let lasted = lasted_ms(exchange)?;
    let frames = exchange.received().map(|frame| frame.at_ms);
    let last = exchange.events.iter().map(|event| event.at_ms).chain(frames).max();
    Some(lasted.saturating_sub(last.unwrap_or(0)))
}

/// Returns how long a stream or socket lasted.
fn sent_bytes(exchange: &Exchange) -> Option<u64> {
    exchange.request.body.as_ref().map(|body| body.len() as u64)
}

fn lasted_ms(exchange: &Exchange) -> Option<u64> {
    let streams = exchange.status() == Some(101) || !exchange.events.is_empty();
    streams.then_some(exchange.phases.end_ms.round() as u64)
}

/// Returns the sentence of the exchange, and what it means.
fn told(exchange: &Exchange) -> (Option<String>, Vec<Meaning>) {
    let (says, means) = statements::said(exchange);
    let to_itself = redirect::meaning(exchange);
    (says, to_itself.map_or(means, |one| vec![one]))
}

/// The least time, in ms, that a stream must take before its events can count as held back.
const STREAMED_MS: f64 = 500.0;
/// The share of that time within which all events arrive if they were held back.
const AT_ONCE: f64 = 0.1;

/// Reports whether a stream that took a while delivered all its events at once.
fn is_held_back(exchange: &Exchange) -> bool {
    let at: Vec<f64> = exchange.events.iter().map(|event| event.at_ms as f64).collect();
    let (Some(first), Some(last)) = (at.first(), at.last()) else { return false };
    at.len() > 2 && *first > STREAMED_MS && last - first < AT_ONCE * first
}

fn latency(exchange: &Exchange) -> LatencyClass {
    // A response that did not come in time is late, however short the wait was.
    if exchange.head.is_none() && exchange.error.as_ref().is_some_and(|error| error.kind.is_before_the_response()) {
        return LatencyClass::Slow;
    }
    match exchange.phases.first_byte_ms.unwrap_or(exchange.phases.end_ms) {
        ms if ms < 200.0 => LatencyClass::Fast,
        ms if ms < 1200.0 => LatencyClass::HalfSecond,
        ms if ms < 5000.0 => LatencyClass::Seconds,
        _ => LatencyClass::Slow,
    }
}

/// Returns how far the server's `Date` is ahead of the local clock, in whole seconds (negative: behind).
fn clock_skew(exchange: &Exchange) -> Option<i64> {
    let date = jiff::fmt::rfc2822::parse(exchange.header("date")?).ok()?;
    let answered = exchange.started_at.as_millisecond() + exchange.phases.first_byte_ms.unwrap_or(0.0) as i64;
    Some(date.timestamp().as_second() - answered.div_euclid(1000))
}
