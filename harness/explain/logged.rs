//! Requests that only a log shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use url::Url;

use crate::config::Target;
use crate::evidence::{Evidence, LogEntry, LoggedRequest, Severity};
use crate::explain::system::introspects;
use crate::har::Recorded;
use crate::probe::{Body, Exchange, Head, Phases, ProbeKey, SentRequest};
use crate::terms::{Caller, Service, TokenKind, TokenLocation};

/// The most calls that are taken from a log.
const MOST: usize = 60;

/// Returns the calls of clients that request logs show: for each service, path and status the first ones.
///
/// What the auth service was asked while the backend served a call is the backend's own call.
pub(super) fn calls(evidence: &Evidence, target: &Target) -> Vec<Recorded> {
    const ALIKE: usize = 3;
    let mut counts: BTreeMap<(Service, &str, &str, u16), usize> = BTreeMap::new();
    let (mut calls, mut before) = (Vec::new(), Timestamp::MIN);
    let served = served_by_the_backend(evidence);
    let is_inner = |entry: &LogEntry, request: &LoggedRequest| {
        let asks = request.service == Service::Auth && introspects(&request.path);
        asks || (request.service == Service::Auth && served.iter().any(|(from, to)| (*from..=*to).contains(&entry.at)))
    };
    for (entry, request) in requests(evidence).filter(|(entry, request)| !is_inner(entry, request)) {
        let count = counts.entry((request.service, &request.method, &request.path, request.status)).or_default();
        *count += 1;
        if *count <= ALIKE && calls.len() < MOST {
            calls.extend(call(entry, request, began(entry, before), target));
        }
        before = entry.at;
    }
    calls
}

/// The longest time before its entry in which lines belong to a call.
const BEFORE: SignedDuration = SignedDuration::from_secs(5);

/// Returns when a call may have begun. An entry of the platform has that time. An access line is written at the end of
/// its call, after the lines that it caused, and after the entry of the call before.
fn began(entry: &LogEntry, before: Timestamp) -> Timestamp {
    if entry.platform_request().is_some() {
        return entry.at;
    }
    let earliest = entry.at.checked_sub(BEFORE).unwrap_or(entry.at);
    earliest.max(before.checked_add(SignedDuration::from_millis(1)).unwrap_or(before)).min(entry.at)
}

fn requests(evidence: &Evidence) -> impl Iterator<Item = (&LogEntry, &LoggedRequest)> {
    evidence.log.iter().filter(|entry| entry.timed).filter_map(|entry| Some((entry, entry.request.as_ref()?)))
}

/// Returns when the backend served each request.
fn served_by_the_backend(evidence: &Evidence) -> Vec<(Timestamp, Timestamp)> {
    let of_backend = requests(evidence).filter(|(_, request)| request.service == Service::Backend);
    let span = |(entry, request): (&LogEntry, &LoggedRequest)| {
        let lasted = SignedDuration::from_millis(request.latency_ms.unwrap_or_default().into());
        // An access line is written at the end.
        let from = if request.platform { entry.at } else { entry.at.checked_sub(lasted).ok()? };
        Some((from, from.checked_add(lasted).ok()?))
    };
    of_backend.filter_map(span).collect()
}

/// Returns the calls by which the auth service was asked about a token: method and path.
pub(super) fn introspections(evidence: &Evidence) -> BTreeSet<(String, String)> {
    let asked =
        requests(evidence).filter(|(_, one)| one.service == Service::Auth && introspects(&one.path) && !one.is_ours());
    asked.map(|(_, one)| (one.method.clone(), one.path.clone())).collect()
}

/// Returns what a call from a log cannot show.
pub(super) fn assumption(calls: usize) -> Option<String> {
    let says = "The calls come from a request log: it has no body and no header, so the component that answered is not \
                known, and every caller counts as signed in.";
    (calls > 0).then(|| says.to_owned())
}

/// What a log shows of one call.
struct Shown<'a> {
    service: Service,
    method: &'a str,
    path: &'a str,
    status: u16,
    /// When it began, and how long the lines that belong to it were written, in milliseconds.
    lines: (Timestamp, f64),
    took_ms: f64,
    trace: Option<&'a str>,
    by_the_platform: Option<String>,
}

fn call(entry: &LogEntry, request: &LoggedRequest, began: Timestamp, target: &Target) -> Option<Recorded> {
    let span = entry.at.duration_since(began).as_secs_f64() * 1000.0;
    let shown = Shown {
        service: request.service,
        method: &request.method,
        path: &request.path,
        status: request.status,
        lines: (began, span),
        // Where an access line does not say how long the call took, it counts as quick.
        took_ms: request.latency_ms.map_or(1.0, f64::from),
        trace: entry.trace.as_deref(),
        by_the_platform: entry.platform_request().map(|_| entry.text.clone()).filter(|text| !text.is_empty()),
    };
    recorded(shown, target)
}

fn recorded(shown: Shown<'_>, target: &Target) -> Option<Recorded> {
    let base = if shown.service == Service::Auth { &target.auth } else { &target.backend };
    let url = Url::options().base_url(Some(base)).parse(shown.path).ok()?;
    let probe = ProbeKey {
        endpoint: String::new(),
        token: TokenKind::None,
        token_location: TokenLocation::Header,
        caller: Caller::None,
        user: String::new(),
    };
    let (started_at, span) = shown.lines;
    let request =
        SentRequest { method: shown.method.to_owned(), url: url.to_string(), headers: Vec::new(), body: None };
    Some(Recorded {
        exchange: Exchange {
            id: 0,
            probe,
            step: None,
            started_at,
            trace_id: shown.trace.unwrap_or_default().to_owned(),
            request,
            head: Some(Head { status: shown.status, version: "HTTP/1.1".to_owned(), headers: Vec::new() }),
            body: Body::default(),
            trailers: Vec::new(),
            events: Vec::new(),
            frames: Vec::new(),
            close: None,
            error: None,
            browser: None,
            blocked: None,
            unsent: false,
            unissued: false,
            phases: Phases {
                first_byte_ms: Some(shown.took_ms),
                end_ms: shown.took_ms.max(span).max(1.0),
                ..Phases::default()
            },
            issued: crate::token::IssuedJwt::default(),
        },
        is_socket: shown.status == 101,
        url,
        credential: None,
        carried: None,
        login: None,
        is_asset: false,
        by_the_platform: shown.by_the_platform,
        observation: None,
    })
}

/// The status of an assumed call whose log names none.
const UNTOLD: u16 = 500;

/// Returns a call that is assumed to have failed while the errors of the log were written, where no file shows a call.
/// Its status is the one that the errors name most.
pub(super) fn assumed(evidence: &Evidence, target: &Target) -> Option<(Recorded, String)> {
    let errors: Vec<&LogEntry> =
        evidence.log.iter().filter(|entry| entry.severity.is_some_and(|one| one >= Severity::Error)).collect();
    let (first, last) = (errors.first()?, errors.last()?);
    let status = most_named(&errors).unwrap_or(UNTOLD);
    let span = last.at.duration_since(first.at).as_secs_f64() * 1000.0;
    let shown = Shown {
        service: Service::Backend,
        method: "GET",
        path: "/",
        status,
        lines: (first.at, span),
        took_ms: 1.0,
        trace: None,
        by_the_platform: None,
    };
    let says = format!(
        "No file shows a call: the verdict assumes that a signed-in user's call failed with status {status} while the \
         errors were written."
    );
    Some((recorded(shown, target)?, says))
}

/// Returns the status of a failure that most of the errors name.
fn most_named(errors: &[&LogEntry]) -> Option<u16> {
    static STATUS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b(401|403|404|429|500|502|503|504)\b").expect("a constant pattern"));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for found in errors.iter().filter_map(|entry| STATUS.find(&entry.text)) {
        *counts.entry(found.as_str()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count)?.0.parse().ok()
}

/// Returns when the log begins.
pub(super) fn begins(evidence: &Evidence) -> Option<Timestamp> {
    evidence.log.iter().map(|entry| entry.at).min()
}
