//! Requests that only a log shows.

use std::collections::BTreeMap;

use jiff::Timestamp;
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
    let mut calls = Vec::new();
    for (entry, request) in evidence.log.iter().filter_map(|entry| Some((entry, entry.request.as_ref()?))) {
        let count = counts.entry((&request.method, &request.path, request.status)).or_default();
        *count += 1;
        if *count <= ALIKE && calls.len() < MOST {
            calls.extend(call(entry, request, target));
        }
    }
    calls
}

/// Returns what a call from a log cannot show.
pub(super) fn assumption(calls: usize) -> Option<String> {
    let says = "The calls come from a request log: it has no body and no header, so the component that answered is not \
                known, and every caller counts as signed in.";
    (calls > 0).then(|| says.to_owned())
}

fn call(entry: &LogEntry, request: &LoggedRequest, target: &Target) -> Option<Recorded> {
    let base = if request.service == Service::Auth { &target.auth } else { &target.backend };
    let url = Url::options().base_url(Some(base)).parse(&request.path).ok()?;
    let probe = ProbeKey {
        endpoint: String::new(),
        token: TokenKind::None,
        token_location: TokenLocation::Header,
        caller: Caller::None,
        user: String::new(),
    };
    let head = Head { status: request.status, version: "HTTP/1.1".to_owned(), headers: Vec::new() };
    Some(Recorded {
        exchange: Exchange {
            id: 0,
            probe,
            step: None,
            started_at: entry.at,
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
            phases: Phases { end_ms: 1.0, ..Phases::default() },
            issued_with_our_secret: None,
        },
        is_socket: request.status == 101,
        url,
        credential: None,
        is_asset: false,
        observation: None,
    })
}

/// Returns when the log begins.
pub(super) fn begins(evidence: &Evidence) -> Option<Timestamp> {
    evidence.log.iter().map(|entry| entry.at).min()
}
