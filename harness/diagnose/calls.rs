//! What the request log says of the backend's own calls to the auth service while our probes were under way. Sits in `diagnose`.

use super::fact::Fact;
use super::logbook::Logbook;
use super::vocabulary::ABSENT;
use crate::evidence::LogEntry;
use crate::observe::Hop;
use crate::target::{Role, Service, Target, Validation};

/// What our own requests call themselves.
pub(super) const OWN_AGENT: &str = "fivewhys/";

/// The key of what the request log says of the backend's validation.
pub(super) const KEY: &str = "backend-call";

/// It made none for the first failing call, and one for a later call of another surface: no breaker was open, and no answer was kept.
pub(super) const PASSED_OVER: &str = "passed-over";

impl<'a> Logbook<'a> {
    /// Whether the auth service was asked by the backend while the first failing probe was under way. No fact where it was asked only
    /// while others were, unless that was later and on another surface.
    pub(super) fn calls(&self, target: &Target) -> Vec<Fact> {
        let at_auth: Vec<&'a LogEntry> = self.entries.iter().filter(is_request_at_auth).collect();
        // A log that shows none of what surely happened is not complete, and its silence proves nothing.
        let complete = at_auth.iter().any(|entry| is_ours(entry) || self.window_of(entry).is_some());
        let Some(first) = self.first_to_come_through().filter(|_| complete) else { return Vec::new() };
        let theirs = |entry: &&&LogEntry| !is_ours(entry) && self.window_of(entry).is_some();
        let theirs: Vec<&LogEntry> = at_auth.iter().filter(theirs).copied().collect();
        let oracles: Vec<&str> = oracle_paths(target);
        let validations: Vec<&LogEntry> =
            theirs.iter().filter(|entry| oracles.contains(&path(entry))).copied().collect();
        let of_first = |entries: &[&'a LogEntry]| entries.iter().rev().find(|entry| self.is_in(entry, first)).copied();
        // With a breaker open by then, or an answer cached, the first failing probe is silent where others are not.
        let known = |entries: &[&'a LogEntry]| entries.is_empty() || of_first(entries).is_some();
        let passed_over =
            !known(&validations) && validations.iter().all(|entry| self.is_of_a_later_failure(entry, first));
        let served =
            theirs.iter().find(|entry| self.is_in(entry, first) && is_served(entry)).map(|entry| served_fact(entry));
        let own_line = |entry: &&LogEntry| entry.by == Hop::Auth && entry.request.is_none() && first.is_traced(entry);
        let served = served.or_else(|| self.entries.iter().find(own_line).map(own_line_fact));
        let call = match validations.first().filter(|_| passed_over) {
            Some(later) => Some(passed_over_fact(later)),
            None => known(&validations).then(|| call_fact(of_first(&validations))),
        };
        let call = call.filter(|_| !oracles.is_empty());
        let asked = |call: &&Fact| call.value != ABSENT && call.value != PASSED_OVER;
        let unjudged = call.as_ref().filter(|call| !asked(call) && target.validation == Validation::AuthService);
        let unjudged = unjudged.map(|call| Fact { key: "token-judged", value: "no", ..call.clone() });
        let contact = of_first(&theirs).or_else(|| theirs.first().copied().filter(|_| passed_over));
        let contact = (passed_over || known(&theirs)).then(|| contact_fact(contact));
        call.into_iter().chain(contact).chain(served).chain(unjudged).collect()
    }
}

fn is_request_at_auth(entry: &&LogEntry) -> bool {
    entry.request.as_ref().is_some_and(|request| request.service == Service::Auth)
}

pub(super) fn is_ours(entry: &LogEntry) -> bool {
    entry.request.as_ref().is_some_and(|request| request.user_agent.starts_with(OWN_AGENT))
}

fn path(entry: &LogEntry) -> &str {
    entry.request.as_ref().map_or("", |request| request.path.as_str())
}

fn oracle_paths(target: &Target) -> Vec<&str> {
    let oracles = target.surfaces.values().filter(|surface| surface.role == Role::Oracle);
    oracles.map(|surface| surface.path.as_str()).collect()
}

fn call_fact(asked: Option<&LogEntry>) -> Fact {
    let key = KEY;
    let Some((entry, request)) = asked.and_then(|entry| Some((entry, entry.request.as_ref()?))) else {
        let says = "the auth service's request log holds no validation by the backend while our probe was under way";
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
        "its request log at {at}: {} {} by the backend, answered {}",
        request.method, request.path, request.status
    );
    Fact { key, value, anomaly: false, says, exchange: None }
}

fn own_line_fact(line: &LogEntry) -> Fact {
    let text: String = line.text.lines().next().unwrap_or_default().chars().take(120).collect();
    let says = format!("the auth service's log has our call, by its trace: {text}");
    Fact { key: "auth.at-work", value: "yes", anomaly: false, says, exchange: None }
}

fn passed_over_fact(later: &LogEntry) -> Fact {
    let at = later.at.strftime("%H:%M:%S%.3fZ");
    let says = format!(
        "the auth service's request log holds no validation by the backend while our probe was under way, and one of the same token, \
         sent another way, at {at}"
    );
    Fact { key: KEY, value: PASSED_OVER, anomaly: false, says, exchange: None }
}

fn contact_fact(seen: Option<&LogEntry>) -> Fact {
    let key = "backend-contact";
    match seen.and_then(|entry| entry.request.as_ref()) {
        Some(request) => {
            let says =
                format!("the backend reached it: {} {} answered {}", request.method, request.path, request.status);
            Fact { key, value: "seen", anomaly: false, says, exchange: None }
        }
        None => {
            let says = "the auth service's request log holds nothing from the backend while our probe was under way";
            Fact { key, value: "none", anomaly: false, says: says.into(), exchange: None }
        }
    }
}

/// Whether the application itself answered: a platform logs 5xx for services that never saw the request, the service itself does not.
fn is_served(entry: &LogEntry) -> bool {
    entry.request.as_ref().is_some_and(|request| request.status < 500 || entry.by == Hop::Auth)
}

fn served_fact(entry: &LogEntry) -> Fact {
    let request = entry.request.as_ref();
    let what = request.map_or(String::new(), |one| format!(": {} {} answered {}", one.method, one.path, one.status));
    let says = format!("the auth service was at work while our probe was under way{what}");
    Fact { key: "auth.at-work", value: "yes", anomaly: false, says, exchange: None }
}
