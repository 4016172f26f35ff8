//! Facts about the backend's calls to the auth service, from the auth service's request log.

use crate::config::{Target, Validation};
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::window::Window;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::model::fact_schema::ABSENT;
use crate::evidence::{LogEntry, LoggedRequest};
use crate::terms::{Hop, Role, Service};

/// The key of the fact about the backend's validation call.
pub(crate) const KEY: &str = "backend-call";

/// The backend made no validation call for the first failing probe, but made one for a later probe of another endpoint.
/// So neither an open circuit breaker nor a cached answer explains the missing call.
pub(crate) const PASSED_OVER: &str = "passed-over";

impl<'a> Logbook<'a> {
    /// Returns whether the backend called the auth service during the first failing probe.
    ///
    /// Calls only during other probes yield no fact, unless those came later and at another endpoint.
    pub(crate) fn calls(&self, target: &Target) -> Vec<Fact> {
        let at_auth: Vec<&'a LogEntry> = self.entries.iter().filter(is_request_at_auth).collect();
        // A log without any request that surely happened is incomplete, so a missing call proves nothing.
        let complete = at_auth.iter().any(|entry| is_ours(entry) || self.window_of(entry).is_some());
        let Some(first) = self.first_to_come_through().filter(|_| complete) else { return Vec::new() };
        let theirs = |entry: &&&LogEntry| !is_ours(entry) && self.window_of(entry).is_some();
        let theirs = at_auth.iter().filter(theirs).copied().collect();
        let introspections = introspection_paths(target);
        let meanwhile = Meanwhile::new(self, first, theirs, &introspections);
        let call = meanwhile.call().filter(|_| !introspections.is_empty());
        let unvalidated =
            call.as_ref().filter(|_| target.validation == Validation::Introspection).and_then(unvalidated_fact);
        [call, meanwhile.contact(), meanwhile.served(), unvalidated].into_iter().flatten().collect()
    }
}

/// The requests of the backend to the auth service during the probes.
struct Meanwhile<'l, 'a> {
    logbook: &'l Logbook<'a>,
    /// The first failing probe.
    first: &'l Window,
    /// All requests of the backend.
    requests: Vec<&'a LogEntry>,
    /// The requests that validate a token.
    validations: Vec<&'a LogEntry>,
    /// Whether the value is [`PASSED_OVER`].
    passed_over: bool,
}

impl<'l, 'a> Meanwhile<'l, 'a> {
    fn new(logbook: &'l Logbook<'a>, first: &'l Window, requests: Vec<&'a LogEntry>, introspections: &[&str]) -> Self {
        let validations = validations(&requests, introspections);
        let mut meanwhile = Self { logbook, first, requests, validations, passed_over: false };
        let later = |entry: &&LogEntry| logbook.is_of_a_later_failure(entry, first);
        meanwhile.passed_over = !meanwhile.is_known(&meanwhile.validations) && meanwhile.validations.iter().all(later);
        meanwhile
    }

    fn call(&self) -> Option<Fact> {
        match self.validations.first().filter(|_| self.passed_over) {
            Some(later) => Some(passed_over_fact(later)),
            None => self.is_known(&self.validations).then(|| call_fact(self.of_first(&self.validations))),
        }
    }

    fn contact(&self) -> Option<Fact> {
        let any = || self.requests.first().copied().filter(|_| self.passed_over);
        let contact = self.of_first(&self.requests).or_else(any);
        (self.passed_over || self.is_known(&self.requests)).then(|| contact_fact(contact))
    }

    fn served(&self) -> Option<Fact> {
        let served = self.requests.iter().find(|entry| self.logbook.is_in(entry, self.first) && is_served(entry));
        let own_line = |entry: &&LogEntry| entry.is_own_line_of(Hop::Auth) && self.first.is_traced(entry);
        let by_own_line = || self.logbook.entries.iter().find(own_line).map(own_line_fact);
        served.map(|entry| served_fact(entry)).or_else(by_own_line)
    }

    fn of_first(&self, entries: &[&'a LogEntry]) -> Option<&'a LogEntry> {
        entries.iter().rev().find(|entry| self.logbook.is_in(entry, self.first)).copied()
    }

    /// Reports whether the first failing probe itself shows the answer.
    /// An open circuit breaker or a cached answer may keep the backend from calling during later probes.
    fn is_known(&self, entries: &[&'a LogEntry]) -> bool {
        entries.is_empty() || self.of_first(entries).is_some()
    }
}

/// Returns the requests that validate a token. A backend may ask on another path than the target names: there, only a
/// refusal or a failure tells that it asked for that.
fn validations<'a>(requests: &[&'a LogEntry], introspections: &[&str]) -> Vec<&'a LogEntry> {
    let named: Vec<_> = requests.iter().filter(|entry| introspections.contains(&path(entry))).copied().collect();
    if !named.is_empty() {
        return named;
    }
    let failed = |entry: &&&LogEntry| entry.platform_request().is_some_and(|request| request.status >= 400);
    requests.iter().filter(failed).copied().collect()
}

/// Returns the fact that the auth service did not validate the token, where the backend did not ask.
fn unvalidated_fact(call: &Fact) -> Option<Fact> {
    let unasked = call.value == ABSENT || call.value == PASSED_OVER;
    unasked.then(|| Fact { key: "token-judged", value: "no", ..call.clone() })
}

fn is_request_at_auth(entry: &&LogEntry) -> bool {
    entry.platform_request().is_some_and(|request| request.service == Service::Auth)
}

pub(crate) fn is_ours(entry: &LogEntry) -> bool {
    entry.platform_request().is_some_and(LoggedRequest::is_ours)
}

fn path(entry: &LogEntry) -> &str {
    entry.platform_request().map_or("", |request| request.path.as_str())
}

fn introspection_paths(target: &Target) -> Vec<&str> {
    let introspections = target.endpoints.values().filter(|endpoint| endpoint.role == Role::Introspection);
    introspections.map(|endpoint| endpoint.path.as_str()).collect()
}

fn call_fact(asked: Option<&LogEntry>) -> Fact {
    let key = KEY;
    let Some((entry, request)) = asked.and_then(|entry| Some((entry, entry.platform_request()?))) else {
        let says = "the auth service's request log has no validation call from the backend during the failing probe";
        return Fact { key, value: ABSENT, anomaly: false, says: says.into(), exchange: None };
    };
    let value = match request.status {
        401 | 403 => "refused",
        404 | 405 | 410 => "missing",
        429 => "throttled",
        400..=499 => "unfit",
        500.. => "failed",
        _ => "answered",
    };
    let at = entry.at.strftime("%H:%M:%S%.3fZ");
    let says = format!(
        "the auth service's request log at {at}: {} {} from the backend, answered {}",
        request.method, request.path, request.status
    );
    Fact { key, value, anomaly: false, says, exchange: None }
}

fn own_line_fact(line: &LogEntry) -> Fact {
    let text: String = line.text.lines().next().unwrap_or_default().chars().take(120).collect();
    let says = format!("the auth service's log has a line with the trace id of the failing probe: {text}");
    Fact { key: "auth.at-work", value: "yes", anomaly: false, says, exchange: None }
}

fn passed_over_fact(later: &LogEntry) -> Fact {
    let at = later.at.strftime("%H:%M:%S%.3fZ");
    let says = format!(
        "the auth service's request log has no validation call from the backend during the failing probe, but has one at {at}, \
         during a later probe of another endpoint"
    );
    Fact { key: KEY, value: PASSED_OVER, anomaly: false, says, exchange: None }
}

fn contact_fact(seen: Option<&LogEntry>) -> Fact {
    let key = "backend-contact";
    match seen.and_then(|entry| entry.platform_request()) {
        Some(request) => {
            let says = format!(
                "the backend called the auth service: {} {} answered {}",
                request.method, request.path, request.status
            );
            Fact { key, value: "seen", anomaly: false, says, exchange: None }
        }
        None => {
            let says = "the auth service's request log has no request from the backend during the failing probe";
            Fact { key, value: "none", anomaly: false, says: says.into(), exchange: None }
        }
    }
}

/// Reports whether the application itself answered. A platform also logs a 5xx for a service that never got the
/// request.
fn is_served(entry: &LogEntry) -> bool {
    entry.platform_request().is_some_and(|request| request.status < 500 || entry.by == Hop::Auth)
}

fn served_fact(entry: &LogEntry) -> Fact {
    let request = entry.platform_request();
    let what = request.map_or(String::new(), |one| format!(": {} {} answered {}", one.method, one.path, one.status));
    let says = format!("the auth service processed a request during the failing probe{what}");
    Fact { key: "auth.at-work", value: "yes", anomaly: false, says, exchange: None }
}
