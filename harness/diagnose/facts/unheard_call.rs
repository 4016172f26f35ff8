//! What happened to a call that the auth service's request log lacks, from the backend's own log.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::config::Target;
use crate::diagnose::facts::auth_calls;
use crate::diagnose::facts::manifest;
use crate::diagnose::facts::manifest::Fact;
use crate::diagnose::logs::attribution::Logbook;
use crate::evidence::{LogEntry, Manifest};
use crate::terms::{Hop, Role, Service};

/// The key of the fact.
const KEY: &str = "unheard-call";

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

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a regular expression")
}

/// Returns the fact. `None`: the auth service received the validation call, or that is unknown. `calls` has the facts
/// of the module `calls`.
pub(crate) fn fact(logbook: &Logbook<'_>, target: &Target, backend: Option<&Manifest>, calls: &[Fact]) -> Option<Fact> {
    let is = |key: &str, value: &str| calls.iter().any(|fact| fact.key == key && fact.value == value);
    let at_auth = |entry: &&LogEntry| entry.request.as_ref().is_some_and(|request| request.service == Service::Auth);
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
            .entries
            .iter()
            .filter(|entry| entry.by == Hop::Backend && entry.request.is_none() && logbook.is_in(entry, first))
            .filter(|entry| !self.no_contact || entry.at <= self.heard_until)
            .collect();
        let met = |is: &dyn Fn(&str) -> bool| lines.iter().copied().find(|line| is(&line.text));
        let answered = lines.iter().find_map(|line| Some((*line, self.answered(&line.text)?)));
        let found = answered
            .or_else(|| Some((met(&|text| UNSENT.is_match(text))?, "unsent")))
            .or_else(|| Some((met(&|text| self.no_contact && self.is_unanswered(text))?, "unanswered")))
            .or_else(|| Some((met(&|text| HELD_BACK.is_match(text))?, "held-back")));
        found.map(|(line, value)| said(line, value))
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
pub(crate) fn addresses(text: &str, target: &Target) -> Vec<Url> {
    let found = ADDRESS.find_iter(text).filter_map(|found| Url::parse(found.as_str()).ok());
    found.filter(|url| place(url) != place(&target.backend)).collect()
}

/// Returns how a call to the auth service ended without an answer, if a line shows one.
pub(crate) fn without_answer(text: &str) -> Option<&'static str> {
    if HELD_BACK.is_match(text) {
        return Some("held-back");
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

fn said(line: &LogEntry, value: &'static str) -> Fact {
    let text: String = line.text.lines().next().unwrap_or_default().chars().take(160).collect();
    let at = line.at.strftime("%H:%M:%S%.3fZ");
    let says = format!("the backend's log at {at}, about a call that the auth service did not receive: {text}");
    Fact { key: KEY, value, anomaly: false, says, exchange: None }
}
