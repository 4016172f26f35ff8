//! What the request log says of the backend's own calls to the auth service while our probes were under way. Sits in `diagnose`.

use super::fact::Fact;
use super::logbook::Logbook;
use crate::evidence::LogEntry;
use crate::target::{Role, Service, Target, Validation};

/// What our own requests call themselves.
pub(super) const OWN_AGENT: &str = "fivewhys/";

/// The backend made no such call.
const ABSENT: &str = "absent";

impl<'a> Logbook<'a> {
    /// Whether the auth service was asked by the backend while the first failing probe was under way. No fact where it was asked only
    /// while others were.
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
        let of_first = |entries: &[&'a LogEntry]| {
            let found = entries.iter().rev().find(|entry| self.is_in(entry, first)).copied();
            // With a breaker open by then, or an answer cached, the first failing probe is silent where others are not.
            (found.is_some() || entries.is_empty()).then_some(found)
        };
        let served =
            theirs.iter().find(|entry| self.is_in(entry, first) && is_served(entry)).map(|entry| served_fact(entry));
        let call = of_first(&validations).filter(|_| !oracles.is_empty()).map(call_fact);
        let unjudged =
            call.as_ref().filter(|call| call.value == ABSENT && target.validation == Validation::AuthService);
        let unjudged = unjudged.map(|call| Fact { key: "token-judged", value: "no", ..call.clone() });
        call.into_iter().chain(of_first(&theirs).map(contact_fact)).chain(served).chain(unjudged).collect()
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
    let key = "backend-call";
    let Some((entry, request)) = asked.and_then(|entry| Some((entry, entry.request.as_ref()?))) else {
        let says = "the auth service's request log holds no validation by the backend while our probe was under way";
        return Fact { key, value: ABSENT, anomaly: false, says: says.into(), exchange: None };
    };
    let value = match request.status {
        401 | 403 => "refused",
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

/// Whether the application itself answered: a platform logs 5xx for services that never saw the request.
fn is_served(entry: &LogEntry) -> bool {
    entry.request.as_ref().is_some_and(|request| request.status < 500)
}

fn served_fact(entry: &LogEntry) -> Fact {
    let request = entry.request.as_ref();
    let what = request.map_or(String::new(), |one| format!(": {} {} answered {}", one.method, one.path, one.status));
    let says = format!("the auth service was at work while our probe was under way{what}");
    Fact { key: "auth.at-work", value: "yes", anomaly: false, says, exchange: None }
}
