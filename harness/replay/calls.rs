//! Recorded exchanges as what the replay serves.

use std::time::{Duration, SystemTime};

use fivewhys_mocks::{Credential, Ending, Entrance, Piece, RecordedAnswer, RecordedCall};

use crate::config::{DIRECT, Target};
use crate::explain::endpoint_id;
use crate::har::Recorded;
use crate::probe::{ErrorKind, Exchange, ProbeKey, Side};
use crate::replay::login;
use crate::terms::TokenKind;

/// A smaller difference of clocks, in seconds, may come from the network and from rounding.
const SKEW: i64 = 5;

/// Makes calls of a recording. `is_detailed`: fivewhys recorded it, and names the probe of each entry.
pub(super) fn of(recorded: &[Recorded], target: &Target, is_detailed: bool) -> Vec<RecordedCall> {
    let served = |one: &&Recorded| {
        let unsent = one.exchange.error.as_ref().is_some_and(|error| error.kind == ErrorKind::BudgetSpent);
        !one.is_asset && !unsent
    };
    let numbered = (1..).zip(recorded).filter(|(_, one)| served(one));
    let mut calls: Vec<RecordedCall> = numbered.map(|(number, one)| call(number, one, target, is_detailed)).collect();
    split_sockets(&mut calls);
    calls.extend(login::unrecorded(&calls, recorded, target));
    calls
}

fn call(number: usize, one: &Recorded, target: &Target, is_detailed: bool) -> RecordedCall {
    let id = if is_detailed { one.exchange.probe.endpoint.clone() } else { endpoint_id(one, target) };
    let credential = match is_detailed {
        true => probed(&one.exchange.probe, target),
        false => coarse(one.credential.map(|credential| credential.location.as_str())),
    };
    RecordedCall {
        number,
        entrance: entrance(&id, target),
        method: one.exchange.request.method.clone(),
        path: one.url.path().to_owned(),
        is_socket: one.is_socket,
        credential,
        answer: answer(one),
    }
}

/// Returns the server of an endpoint.
pub(super) fn entrance(id: &str, target: &Target) -> Entrance {
    let past_edge = id.ends_with(DIRECT) || target.endpoints.get(id).is_some_and(|endpoint| endpoint.past_edge);
    match (past_edge, id.starts_with("auth.")) {
        (true, _) => Entrance::Direct,
        (_, true) => Entrance::Auth,
        _ => Entrance::Edge,
    }
}

/// Returns the credential of a request of which only the place of its token is known.
pub(super) fn coarse(location: Option<&str>) -> Credential {
    let (token, location) = location.map_or(("none", ""), |location| ("some", location));
    Credential { token: token.to_owned(), location: location.to_owned(), ..Credential::default() }
}

/// Returns the credential of a probe.
fn probed(probe: &ProbeKey, target: &Target) -> Credential {
    let takes_token = target.endpoints.get(&probe.endpoint).is_none_or(|one| !one.token_locations.is_empty());
    let kind = if takes_token { probe.token } else { TokenKind::None };
    Credential {
        token: kind.to_string(),
        location: if kind.is_sent() { probe.token_location.to_string() } else { String::new() },
        caller: probe.caller.to_string(),
        user: if names_user(kind) { probe.user.clone() } else { String::new() },
    }
}

/// Reports whether a token of this kind names a user of the target.
pub(super) const fn names_user(kind: TokenKind) -> bool {
    !matches!(kind, TokenKind::None | TokenKind::Malformed | TokenKind::UnknownUser)
}

fn answer(one: &Recorded) -> RecordedAnswer {
    let exchange = &one.exchange;
    let pieces = pieces(one);
    let first_byte = exchange.phases.first_byte_ms.or(exchange.head.as_ref().map(|_| exchange.phases.end_ms));
    RecordedAnswer {
        status: exchange.status(),
        // A response without a body has the status of its gRPC call in the headers, so clients look there too.
        headers: exchange.head.iter().flat_map(|head| &head.headers).chain(&exchange.trailers).cloned().collect(),
        body: if pieces.is_empty() { exchange.body.text.clone() } else { String::new() },
        first_byte: milliseconds(first_byte.unwrap_or(0.0)),
        pieces,
        clock_ahead: clock_ahead(exchange),
        ending: ending(exchange),
    }
}

fn milliseconds(ms: f64) -> Duration {
    Duration::try_from_secs_f64((ms / 1000.0).clamp(0.0, 3600.0)).unwrap_or_default()
}

/// Returns the events of a stream in the form in which they were sent, or the messages of a WebSocket.
fn pieces(one: &Recorded) -> Vec<Piece> {
    let at = |ms: u64| Duration::from_millis(ms.min(3_600_000));
    let frames = one.exchange.frames.iter().map(|frame| Piece {
        at: at(frame.at_ms),
        by_client: frame.from == Side::Client,
        text: frame.data.clone(),
    });
    if one.is_socket {
        return frames.collect();
    }
    let events = one.exchange.events.iter();
    events
        .map(|event| Piece { at: at(event.at_ms), by_client: false, text: event_text(&event.name, &event.data) })
        .collect()
}

/// Returns an event as the wire has it (WHATWG HTML, section 9.2.6).
fn event_text(name: &str, data: &str) -> String {
    let name = if name.is_empty() || name == "message" { String::new() } else { format!("event: {name}\n") };
    let lines: String = data.split('\n').map(|line| format!("data: {line}\n")).collect();
    format!("{name}{lines}\n")
}

fn ending(exchange: &Exchange) -> Ending {
    let closed = exchange.close.as_ref().filter(|close| close.by == Side::Server);
    if let Some(close) = closed {
        return Ending::Closed(close.code, close.reason.clone());
    }
    match exchange.error.as_ref().map(|error| error.kind) {
        None | Some(ErrorKind::HttpResponseBodySize | ErrorKind::EventLimit | ErrorKind::BudgetSpent) => {
            Ending::Complete
        }
        Some(ErrorKind::ConnectionRefused) => Ending::Refused,
        Some(ErrorKind::ConnectionTerminated | ErrorKind::HttpResponseIncomplete) => Ending::HungUp,
        Some(ErrorKind::HttpResponseTimeout | ErrorKind::StreamTimeout) => Ending::Silent,
        Some(
            kind @ (ErrorKind::DnsError
            | ErrorKind::ConnectionTimeout
            | ErrorKind::DestinationIpUnroutable
            | ErrorKind::TlsCertificateError
            | ErrorKind::TlsProtocolError
            | ErrorKind::HttpProtocolError
            | ErrorKind::HttpResponseHeaderSectionSize
            | ErrorKind::HttpResponseTransferCoding
            | ErrorKind::HttpResponseContentCoding
            | ErrorKind::HttpUpgradeFailed),
        ) => Ending::Unrepeatable(format!("a server on this machine cannot repeat {kind}")),
    }
}

/// Returns how far the server's clock was ahead. A response from a cache says nothing about it.
fn clock_ahead(exchange: &Exchange) -> i64 {
    let date = exchange.header("date").filter(|_| exchange.header("age").is_none());
    let date = date.and_then(|text| httpdate::parse_http_date(text).ok());
    let seconds = date.and_then(|date| date.duration_since(SystemTime::UNIX_EPOCH).ok());
    let Some(seconds) = seconds.and_then(|since| i64::try_from(since.as_secs()).ok()) else { return 0 };
    let ahead = seconds.saturating_sub(exchange.started_at.as_second());
    if ahead.abs() < SKEW { 0 } else { ahead }
}

/// Gives WebSockets a server of their own where they were refused and other calls were not, or the other way round.
fn split_sockets(calls: &mut [RecordedCall]) {
    let refused = |is_socket: bool| {
        let mut of = calls
            .iter()
            .filter(|call| call.entrance == Entrance::Edge && call.is_socket == is_socket)
            .map(|call| call.answer.ending == Ending::Refused)
            .peekable();
        of.peek().is_some().then(|| of.all(|refused| refused))
    };
    if refused(true).zip(refused(false)).is_some_and(|(sockets, others)| sockets != others) {
        let sockets = calls.iter_mut().filter(|call| call.entrance == Entrance::Edge && call.is_socket);
        sockets.for_each(|call| call.entrance = Entrance::Websocket);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case("message", "{}", "data: {}\n\n")]
    #[case("end", "a\nb", "event: end\ndata: a\ndata: b\n\n")]
    fn an_event_is_sent_as_the_standard_says(#[case] name: &str, #[case] data: &str, #[case] wire: &str) {
        assert_eq!(event_text(name, data), wire);
    }

    #[rstest]
    #[case(f64::NAN, 0)]
    #[case(-5.0, 0)]
    #[case(f64::INFINITY, 3_600_000)]
    #[case(12.0, 12)]
    fn a_time_of_a_recording_cannot_be_too_long(#[case] ms: f64, #[case] waits: u128) {
        assert_eq!(milliseconds(ms).as_millis(), waits);
    }

    #[rstest]
    #[case("INCOMPLETE_CHUNKED_ENCODING", Ending::HungUp)]
    #[case("EMPTY_RESPONSE", Ending::HungUp)]
    #[case("CONNECTION_REFUSED", Ending::Refused)]
    #[case("TIMED_OUT", Ending::Silent)]
    fn an_error_of_a_recording_ends_its_replay_alike(#[case] error: &str, #[case] expected: Ending) {
        let entry = json!({
            "startedDateTime": "2026-11-22T03:00:00Z", "request": { "method": "GET", "url": "http://a.test/b" },
            "response": { "status": 0, "_error": format!("net::ERR_{error}") },
        });
        let text = json!({ "log": { "entries": [entry] } }).to_string();
        let recording = crate::har::read("a.har", &text, &crate::redact::Redactor::new()).expect("a HAR file");
        assert_eq!(ending(&recording.entries[0].exchange), expected);
    }
}
