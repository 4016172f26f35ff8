//! Facts about the backend's calls to the auth service, from the backend's own log: how they ended, and what happened to
//! a call that the auth service's request log lacks.
//!
//! The wording of that log is the application's own, so these facts are hints.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::config::Target;
use crate::diagnose::facts::auth_calls;
use crate::diagnose::facts::manifest;
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::quote::{describe, log_and_time, quoted};
use crate::diagnose::logs::window::Window;
use crate::diagnose::model::fact::Fact;
use crate::evidence::{LogEntry, Manifest};
use crate::terms::{Hop, Role, Service};

/// The key of the fact about a call that the auth service's request log lacks.
const UNHEARD: &str = "unheard-call";
/// The keys of the facts about how the backend says its calls ended.
const TOLD_OF_HEALTH: &str = "told-of-health";
const TOLD_OF_CALL: &str = "told-of-call";

/// The call got no answer: no connection, no name, a timeout. The word "unreachable" is left out, since it may be a
/// wrong guess.
static UNANSWERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)all connection attempts failed|connection (was )?(refused|reset|timed ?out)|connect ?(error|timeout)|readtimeout",
        r"|e(connrefused|connreset|timedout|notfound|ai_again|hostunreach)\b|name or service not known|nodename nor servname",
        r"|no such host|name resolution|(host|server) not found|no route to host|network is unreachable|(could not|cannot|failed to) (connect|resolve)",
        r"|(check|call|request|connection|validation|probe)\w* (has )?timed ?out|timed ?out (after|while)|i/o timeout|deadline exceeded",
    ))
});
/// Of these: a timeout.
static IN_TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)time(d)? ?out|etimedout|deadline"));
/// The HTTP client of the backend rejected the request.
static UNSENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(illegal|invalid|forbidden) (http )?header|header.{0,30}(newline|line break|line feed)")
});
/// The backend did not try to call.
static HELD_BACK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)circuit.?breaker.{0,40}\bopen\b|auth.?(service|client)?.{0,12}(is )?(disabled|switched off|turned off)",
    )
});
/// The line is about the auth service, and not about a data store.
static OF_AUTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bauth(entication)?\b|\bauth[-_ ]?(service|client)"));
static OF_A_STORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)database|postgres|redis|sql\b|clickhouse"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r#"https?://[^\s"'<>,;)\]]+"#));
static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(HTTP/[\d.]+|status([ _]?code)?|answered|returned|responded( with)?)["'=: ]{0,3}[1-5]\d\d\b|\b[45]\d\d (client|server) error"#,
    )
});
/// A status code in a line about a call.
static STATUS_CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^\d.:])([1-5]\d\d)(?:[^\d.]|$)"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a regular expression")
}

/// Returns how the backend's health check of the auth service and its validation call ended, during the first failing
/// probe.
pub(crate) fn facts(logbook: &Logbook<'_>, target: &Target) -> Vec<Fact> {
    let Some(first) = logbook.first_to_come_through() else { return Vec::new() };
    let of_backend = |entry: &&LogEntry| entry.is_own_line_of(Hop::Backend);
    let lines: Vec<&LogEntry> =
        logbook.of_probes().filter(of_backend).filter(|entry| logbook.is_in(entry, first)).collect();
    let ended = |key, how: &dyn Fn(&str) -> Option<&'static str>| {
        lines.iter().rev().find_map(|line| Some(said(key, line, how(&line.text)?)))
    };
    let called = |text: &str, role| status(text).filter(|_| called(text, role, target));
    let health = ended(TOLD_OF_HEALTH, &|text| called(text, Role::Health));
    let call = ended(TOLD_OF_CALL, &|text| called(text, Role::Introspection));
    let call = call.or_else(|| ended(TOLD_OF_CALL, &without_answer));
    health.into_iter().chain(call).chain(writes(logbook, first)).collect()
}

/// Returns whether the auth service's log has an entry during the first failing probe. `None`: it has no entries at
/// all.
fn writes(logbook: &Logbook<'_>, first: &Window) -> Option<Fact> {
    let of_auth = |entry: &&LogEntry| match entry.platform_request() {
        Some(request) => request.service == Service::Auth && !request.is_ours(),
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

/// Reports whether the words of a fact quote a line of a log.
pub(crate) fn quotes_a_line(fact: &Fact) -> bool {
    matches!(fact.key, UNHEARD | TOLD_OF_HEALTH | TOLD_OF_CALL)
}

/// Reports whether a line names a call to an endpoint of the auth service with this role.
fn called(text: &str, role: Role, target: &Target) -> bool {
    let mut paths = target.endpoints.values().filter(|one| one.service == Service::Auth && one.role == role);
    let asked = addresses(text, target);
    paths.any(|endpoint| asked.iter().any(|url| url.path() == endpoint.path))
}

fn status(text: &str) -> Option<&'static str> {
    let code = STATUS_CODE.captures_iter(text).last()?.get(1)?.as_str();
    Some(match code.as_bytes() {
        b"401" | b"403" => "refused",
        b"404" | b"405" => "missing",
        [b'2', ..] => "ok",
        [b'5', ..] => "failed",
        _ => return None,
    })
}

/// Returns the place in a line that says how a call ended, in bytes.
fn told_at(text: &str) -> usize {
    let patterns = [&UNSENT, &UNANSWERED, &STATUS, &ADDRESS];
    patterns.iter().find_map(|pattern| pattern.find(text)).map_or(0, |found| found.start())
}

fn said(key: &'static str, line: &LogEntry, value: &'static str) -> Fact {
    Fact { key, value, anomaly: false, says: describe(line, told_at(&line.text)), exchange: None }
}

/// Returns what happened to the validation call that the auth service did not receive. `None`: it received the call, or
/// that is unknown. `calls` has the facts of `auth_calls`.
pub(crate) fn unheard_call(
    logbook: &Logbook<'_>,
    target: &Target,
    backend: Option<&Manifest>,
    calls: &[Fact],
) -> Option<Fact> {
    let is = |key: &str, value: &str| calls.iter().any(|fact| fact.key == key && fact.value == value);
    let at_auth = |entry: &&LogEntry| entry.platform_request().is_some_and(|request| request.service == Service::Auth);
    let heard_until = logbook.entries.iter().filter(at_auth).map(|entry| entry.at).max()?;
    let configured = backend.and_then(|backend| manifest::auth_address(backend, target));
    let unheard = Unheard { target, configured, no_contact: is("backend-contact", "none"), heard_until };
    unheard.fact(logbook).filter(|_| is(auth_calls::KEY, "absent"))
}

struct Unheard<'a> {
    target: &'a Target,
    /// The address of the auth service in the backend's manifest.
    configured: Option<Url>,
    /// Whether the auth service received no request of the backend, not even a health check.
    no_contact: bool,
    /// The newest entry of the auth service's request log.
    heard_until: jiff::Timestamp,
}

impl Unheard<'_> {
    /// Reads the backend's lines during the first failing probe.
    ///
    /// Lines newer than the auth service's request log do not count if that log has no request of the backend: it may
    /// be late.
    fn fact(&self, logbook: &Logbook<'_>) -> Option<Fact> {
        let first = logbook.first_to_come_through()?;
        let lines: Vec<&LogEntry> = logbook
            .of_probes()
            .filter(|entry| entry.is_own_line_of(Hop::Backend) && logbook.is_in(entry, first))
            .filter(|entry| !self.no_contact || entry.at <= self.heard_until)
            .collect();
        let met = |is: &dyn Fn(&str) -> bool| lines.iter().copied().find(|line| is(&line.text));
        let answered = lines.iter().find_map(|line| Some((*line, self.answered(&line.text)?)));
        let found = answered
            .or_else(|| Some((met(&|text| UNSENT.is_match(text))?, "unsent")))
            .or_else(|| Some((met(&|text| self.no_contact && self.is_unanswered(text))?, "unanswered")));
        found.map(|(line, value)| unheard_fact(line, value))
    }

    /// Returns whether a line shows an answer that the auth service did not give, and whether it came from the
    /// configured address.
    fn answered(&self, text: &str) -> Option<&'static str> {
        let asked = self.asked(text).filter(|_| STATUS.is_match(text))?;
        Some(match &self.configured {
            Some(configured) if place(configured) == place(&asked) => "answered-there",
            Some(_) => "answered-elsewhere",
            None => "answered",
        })
    }

    fn is_unanswered(&self, text: &str) -> bool {
        (is_of_auth(text) || self.asked(text).is_some()) && UNANSWERED.is_match(text)
    }

    /// Returns the address in a line if its path belongs to the auth service. Where health checks arrived, only paths
    /// that validate tokens count.
    fn asked(&self, text: &str) -> Option<Url> {
        let of_auth = |path: &str| {
            let mut endpoints = self.target.endpoints.values().filter(|endpoint| endpoint.service == Service::Auth);
            endpoints.any(|endpoint| endpoint.path == path && (self.no_contact || endpoint.role == Role::Introspection))
        };
        addresses(text, self.target).into_iter().find(|url| of_auth(url.path()))
    }
}

/// Returns the addresses in a line of the backend's log that are not the backend's own.
fn addresses(text: &str, target: &Target) -> Vec<Url> {
    let found = ADDRESS.find_iter(text).filter_map(|found| Url::parse(found.as_str()).ok());
    found.filter(|url| place(url) != place(&target.backend)).collect()
}

/// Returns how a call to the auth service ended without an answer, if a line shows one.
fn without_answer(text: &str) -> Option<&'static str> {
    // An open circuit breaker follows from any call that failed before.
    if HELD_BACK.is_match(text) {
        return None;
    }
    if UNSENT.is_match(text) {
        return Some("unsent");
    }
    (is_of_auth(text) && UNANSWERED.is_match(text))
        .then(|| if IN_TIME.is_match(text) { "timed-out" } else { "unanswered" })
}

fn is_of_auth(text: &str) -> bool {
    OF_AUTH.is_match(text) && !OF_A_STORE.is_match(text)
}

fn place(url: &Url) -> (Option<&str>, Option<u16>) {
    (url.host_str(), url.port_or_known_default())
}

fn unheard_fact(line: &LogEntry, value: &'static str) -> Fact {
    let quote = quoted(&line.text, told_at(&line.text));
    let says = format!("{}, about a call that the auth service did not receive: {quote}", log_and_time(line));
    Fact { key: UNHEARD, value, anomaly: false, says, exchange: None }
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
