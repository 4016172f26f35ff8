//! Requests that only a log shows.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::config::Target;
use crate::evidence::{Evidence, LogEntry, LoggedRequest};
use crate::har::Recorded;
use crate::probe::{Body, Exchange, Head, Phases, ProbeKey, SentRequest};
use crate::terms::{Caller, Service, TokenKind, TokenLocation};

/// The most calls that are taken from a log.
const MOST: usize = 60;

/// Returns the calls that request logs show: for each path and status the first ones.
pub(super) fn calls(evidence: &Evidence, target: &Target) -> Vec<Recorded> {
    const ALIKE: usize = 3;
    let mut counts: BTreeMap<(&str, &str, u16), usize> = BTreeMap::new();
    let (mut calls, mut before) = (Vec::new(), Timestamp::MIN);
    for (entry, request) in
        evidence.log.iter().filter(|entry| entry.timed).filter_map(|entry| Some((entry, entry.request.as_ref()?)))
    {
        let count = counts.entry((&request.method, &request.path, request.status)).or_default();
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

/// Returns when a call may have begun. Its entry is written at its end, after the lines that it caused, and after the
/// entry of the call before.
fn began(entry: &LogEntry, before: Timestamp) -> Timestamp {
    let earliest = entry.at.checked_sub(BEFORE).unwrap_or(entry.at);
    earliest.max(before.checked_add(SignedDuration::from_millis(1)).unwrap_or(before)).min(entry.at)
}

/// Returns what a call from a log cannot show.
pub(super) fn assumption(calls: usize) -> Option<String> {
    let says = "The calls come from a request log: it has no body and no header, so the component that answered is not \
                known, and every caller counts as signed in.";
    (calls > 0).then(|| says.to_owned())
}

fn call(entry: &LogEntry, request: &LoggedRequest, began: Timestamp, target: &Target) -> Option<Recorded> {
    let base = if request.service == Service::Auth { &target.auth } else { &target.backend };
    let url = Url::options().base_url(Some(base)).parse(&request.path).ok()?;
    let probe = ProbeKey {
        endpoint: String::new(),
        token: TokenKind::None,
        token_location: TokenLocation::Header,
        caller: Caller::None,
        user: String::new(),
    };
    let span = entry.at.duration_since(began).as_secs_f64() * 1000.0;
    let head = Head { status: request.status, version: "HTTP/1.1".to_owned(), headers: Vec::new() };
    Some(Recorded {
        exchange: Exchange {
            id: 0,
            probe,
            step: None,
            started_at: began,
            trace_id: entry.trace.clone().unwrap_or_default(),
            request: SentRequest {
                method: request.method.clone(),
                url: url.to_string(),
                headers: Vec::new(),
                body: None,
            },
            head: Some(head),
            body: Body::default(),
            events: Vec::new(),
            frames: Vec::new(),
            close: None,
            error: None,
            // The log does not say how long the call took: it counts as quick.
            phases: Phases { first_byte_ms: Some(1.0), end_ms: span.max(1.0), ..Phases::default() },
            issued_with_our_secret: None,
        },
        is_socket: request.status == 101,
        url,
        credential: None,
        carried: None,
        is_asset: false,
        by_the_platform: entry.platform_request().map(|_| entry.text.clone()).filter(|text| !text.is_empty()),
        observation: None,
    })
}

/// Returns when the log begins.
pub(super) fn begins(evidence: &Evidence) -> Option<Timestamp> {
    evidence.log.iter().map(|entry| entry.at).min()
}
