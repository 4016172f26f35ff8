//! Whether a call was served as its step expects.

use crate::config::{Endpoint, Target, Validation};
use crate::observe::{Authn, Observation, observe, own_name};
use crate::probe::Exchange;
use crate::run::expect;
use crate::scenario::Step;
use crate::terms::Hop;

/// How a call ended for its step.
pub(crate) struct Judged {
    /// Why it is not served.
    pub(crate) failure: Option<String>,
    /// What its exchange means.
    pub(crate) seen: Option<Observation>,
}

impl Judged {
    pub(crate) const fn failed(why: String) -> Self {
        Self { failure: Some(why), seen: None }
    }

    /// Judges a handshake: the socket must be open for the right user.
    pub(crate) fn opened(exchange: &Exchange, endpoint: &Endpoint, is_open: bool, target: &Target) -> Self {
        let seen = observe(exchange, endpoint, name(exchange, endpoint, target));
        let other = seen.as_ref().is_some_and(|seen| seen.authn == Authn::AcceptedAsOther);
        let failure = match (is_open, other) {
            (true, false) => None,
            (_, true) => Some("the socket is open for another user".to_owned()),
            (false, false) => Some(ended(exchange)),
        };
        Self { failure, seen }
    }
}

/// Judges an exchange by the expectations of its step.
pub(crate) fn after(step: &Step, endpoint: &Endpoint, exchange: &Exchange, target: &Target) -> Judged {
    let Some(seen) = observe(exchange, endpoint, name(exchange, endpoint, target)) else {
        return Judged::failed("the run ended before the call".to_owned());
    };
    if expect::unprovable(step, endpoint, &seen).is_some() {
        return Judged { failure: None, seen: Some(seen) };
    }
    let verifier = match endpoint.validation.unwrap_or(target.validation) {
        Validation::Edge => Hop::Edge,
        _ => Hop::Backend,
    };
    let unmet = expect::unmet(step, endpoint, exchange, &seen, verifier);
    Judged { failure: unmet.into_iter().next().map(|line| with_reason(line, exchange)), seen: Some(seen) }
}

/// Adds the status of a refusal, or why the response is incomplete.
fn with_reason(line: String, exchange: &Exchange) -> String {
    match (&exchange.error, exchange.status()) {
        (Some(error), Some(_)) => format!("{line} ({})", error.kind),
        (None, Some(status)) if status >= 400 && !line.contains(&status.to_string()) => {
            format!("{line} (status {status})")
        }
        _ => line,
    }
}

fn name<'a>(exchange: &Exchange, endpoint: &Endpoint, target: &'a Target) -> &'a str {
    target.user(&exchange.probe.user).map_or("", |user| own_name(user, exchange, endpoint))
}

/// Returns how a handshake ended that opened no socket.
fn ended(exchange: &Exchange) -> String {
    match (&exchange.error, &exchange.close, exchange.status()) {
        (_, Some(close), _) => format!("expected an open socket, but the server closed it with {}", close.code),
        (Some(error), _, _) => format!("expected an open socket, got {}", error.kind),
        (None, None, Some(status)) => format!("expected an open socket, got status {status}"),
        (None, None, None) => "expected an open socket, got no response".to_owned(),
    }
}
