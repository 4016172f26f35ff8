//! Facts about the backend's calls to the auth service, from the backend's own log.
//!
//! The wording of that log is the application's own, so these facts are hints.

use std::sync::LazyLock;

use regex::Regex;

use crate::config::Target;
use crate::diagnose::facts::auth_calls::OWN_AGENT;
use crate::diagnose::facts::manifest::Fact;
use crate::diagnose::facts::unheard_call;
use crate::diagnose::logs::attribution::{Logbook, Window, describe};
use crate::evidence::LogEntry;
use crate::terms::{Hop, Role, Service};

/// A status code in a line about a call.
static STATUS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^\d.:])([1-5]\d\d)(?:[^\d.]|$)").expect("a regular expression"));

/// Returns how the backend's health check of the auth service and its validation call ended, during the first failing
/// probe.
pub(crate) fn facts(logbook: &Logbook<'_>, target: &Target) -> Vec<Fact> {
    let Some(first) = logbook.first_to_come_through() else { return Vec::new() };
    let of_backend = |entry: &&LogEntry| entry.by == Hop::Backend && entry.request.is_none();
    let lines: Vec<&LogEntry> =
        logbook.entries.iter().filter(of_backend).filter(|entry| logbook.is_in(entry, first)).collect();
    let ended = |key, how: &dyn Fn(&str) -> Option<&'static str>| {
        lines.iter().rev().find_map(|line| Some(said(key, line, how(&line.text)?)))
    };
    let called = |text: &str, role| status(text).filter(|_| called(text, role, target));
    let health = ended("told-of-health", &|text| called(text, Role::Health));
    let call = ended("told-of-call", &|text| called(text, Role::Introspection));
    let call = call.or_else(|| ended("told-of-call", &unheard_call::without_answer));
    health.into_iter().chain(call).chain(writes(logbook, first)).collect()
}

/// Returns whether the auth service's log has an entry during the first failing probe. `None`: it has no entries at
/// all.
fn writes(logbook: &Logbook<'_>, first: &Window) -> Option<Fact> {
    let of_auth = |entry: &&LogEntry| match &entry.request {
        Some(request) => request.service == Service::Auth && !request.user_agent.starts_with(OWN_AGENT),
        None => entry.by == Hop::Auth,
    };
    let mut all = logbook.entries.iter().filter(of_auth).peekable();
    all.peek()?;
    let key = "auth.writes";
    Some(match all.find(|entry| logbook.is_in(entry, first)) {
        Some(entry) => {
            let says = format!("the auth service's log has an entry at {}", entry.at.strftime("%H:%M:%S%.3fZ"));
            Fact { key, value: "yes", anomaly: false, says, exchange: None }
        }
        None => {
            let says = "the auth service's log has no entry during the failing probe".to_owned();
            Fact { key, value: "no", anomaly: false, says, exchange: None }
        }
    })
}

/// Reports whether a line names a call to an endpoint of the auth service with this role.
fn called(text: &str, role: Role, target: &Target) -> bool {
    let mut paths = target.endpoints.values().filter(|one| one.service == Service::Auth && one.role == role);
    let asked = unheard_call::addresses(text, target);
    paths.any(|endpoint| asked.iter().any(|url| url.path() == endpoint.path))
}

fn status(text: &str) -> Option<&'static str> {
    let code = STATUS.captures_iter(text).last()?.get(1)?.as_str();
    Some(match code.as_bytes() {
        b"401" | b"403" => "refused",
        b"404" | b"405" => "missing",
        [b'2', ..] => "ok",
        [b'5', ..] => "failed",
        _ => return None,
    })
}

fn said(key: &'static str, line: &LogEntry, value: &'static str) -> Fact {
    Fact { key, value, anomaly: false, says: describe(line), exchange: None }
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn the_last_status_code_of_a_line_counts() {
        assert_eq!(
            status(r#"HTTP Request: POST http://10.0.0.3:8081/auth/validate "HTTP/1.1 404 Not Found""#),
            Some("missing")
        );
        assert_eq!(status("auth answered 503"), Some("failed"));
        assert_eq!(status("GET http://auth.internal:5000/health -> 200"), Some("ok"));
        assert_eq!(status("calling http://127.0.0.1:401/health"), None);
        assert_eq!(status("took 12 ms"), None);
    }
}
