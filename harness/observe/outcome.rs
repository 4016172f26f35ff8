//! How a call ended, independent of the status code.

use serde_json::Value;

use super::redirect::{self, Leads};
use super::{Outcome, condition, grpc};
use crate::config::{Accept, Endpoint};
use crate::document::JsonMatch;
use crate::observe::proxy_status;
use crate::observe::signature::media_type;
use crate::probe::{ErrorKind, Exchange};
use crate::terms::{Role, TokenLocation};

/// Close codes by which a server refuses the credential: 1008 (RFC 6455, 7.4.1) and the private codes in common use.
const REFUSING: [u16; 6] = [1008, 4001, 4003, 4401, 4403, 3000];

/// Reports whether the endpoint's rule of acceptance holds.
pub(super) fn accepted(exchange: &Exchange, endpoint: &Endpoint) -> bool {
    status_accepted(exchange, endpoint)
        && json_holds(&endpoint.accept.json, exchange)
        && condition::content_accepted(&endpoint.accept, exchange)
        && terminal_reached(&endpoint.accept, exchange)
        && first_frame_holds(&endpoint.accept, exchange)
        && !is_cut(exchange, endpoint)
        && grpc::failure(exchange, endpoint).is_none()
        && !grpc::lacks_status(exchange)
}

/// Reports whether a response broke off or became unreadable before the end that its framing announces (RFC 9112, 8).
/// Without framing, the end of the connection is the end of the body, and many servers end it without a TLS closure
/// alert.
fn is_cut(exchange: &Exchange, endpoint: &Endpoint) -> bool {
    let is_cut = |kind| {
        let cuts = [
            ErrorKind::ConnectionTerminated,
            ErrorKind::HttpResponseIncomplete,
            ErrorKind::HttpProtocolError,
            ErrorKind::HttpResponseTransferCoding,
        ];
        cuts.contains(&kind)
    };
    let by_streams = exchange.head.as_ref().is_some_and(|head| head.version.starts_with("HTTP/2"));
    let is_framed =
        || by_streams || ["content-length", "transfer-encoding"].iter().any(|name| exchange.header(name).is_some());
    exchange.error.as_ref().is_some_and(|error| is_cut(error.kind)) && !endpoint.kind.is_upgrade() && is_framed()
}

/// Returns how the call ended.
pub(super) fn outcome(exchange: &Exchange, endpoint: &Endpoint) -> Outcome {
    if condition::is_refusal(exchange, endpoint) {
        return Outcome::Denied;
    }
    if let Some(status) = grpc::failure(exchange, endpoint) {
        return answered(status.as_http(), exchange, endpoint);
    }
    if accepted(exchange, endpoint) {
        return Outcome::Ok;
    }
    if let Some(outcome) = exchange.error.as_ref().and_then(|error| from_error(error.kind, exchange)) {
        return outcome;
    }
    if let Some(close) = &exchange.close {
        return from_close(close.code);
    }
    exchange.status().map_or(Outcome::Reset, |status| answered(status, exchange, endpoint))
}

/// Returns how a call ended that got this status and was not accepted.
fn answered(status: u16, exchange: &Exchange, endpoint: &Endpoint) -> Outcome {
    match status {
        101 => Outcome::BrokenStream,
        200..=299 => unaccepted_success(exchange, endpoint),
        400 | 422 if lacks_its_token(exchange) => Outcome::Denied,
        _ if redirect::leads(exchange) == Some(Leads::Slash) => Outcome::NotFound,
        500.. => proxy_status::outcome(exchange).unwrap_or_else(|| from_error_status(status, exchange)),
        _ => from_status(status),
    }
}

/// Reports whether the token belongs in the body and was not sent. The service then refuses the body as malformed,
/// which is the refusal of the credential.
fn lacks_its_token(exchange: &Exchange) -> bool {
    !exchange.probe.token.is_sent() && exchange.probe.token_location == TokenLocation::Body
}

fn from_error(kind: ErrorKind, exchange: &Exchange) -> Option<Outcome> {
    let began = exchange.head.is_some();
    let sent_data = !exchange.events.is_empty() || exchange.received().next().is_some();
    Some(match kind {
        ErrorKind::DnsError => Outcome::DnsFailed,
        ErrorKind::ConnectionRefused | ErrorKind::DestinationIpUnroutable => Outcome::Refused,
        ErrorKind::ConnectionTimeout | ErrorKind::HttpResponseTimeout => Outcome::TimedOut,
        ErrorKind::TlsCertificateError | ErrorKind::TlsProtocolError => Outcome::TlsFailed,
        // An open socket that breaks its protocol off is a broken stream.
        ErrorKind::HttpProtocolError if began => Outcome::BrokenStream,
        ErrorKind::HttpProtocolError
        | ErrorKind::HttpResponseHeaderSectionSize
        | ErrorKind::HttpResponseTransferCoding
        | ErrorKind::HttpResponseContentCoding
        | ErrorKind::HttpUpgradeFailed => Outcome::Unreadable,
        ErrorKind::ConnectionTerminated if !began => Outcome::Reset,
        ErrorKind::StreamTimeout if !sent_data => Outcome::Silent,
        ErrorKind::ConnectionTerminated
        | ErrorKind::HttpResponseIncomplete
        | ErrorKind::StreamTimeout
        | ErrorKind::EventLimit => Outcome::BrokenStream,
        ErrorKind::HttpResponseBodySize | ErrorKind::BudgetSpent => return None,
    })
}

fn from_close(code: u16) -> Outcome {
    match code {
        code if REFUSING.contains(&code) => Outcome::Denied,
        1012 | 1013 => Outcome::Unavailable,
        // The message is too big.
        1009 => Outcome::InvalidRequest,
        1002 | 1003 | 1007 | 1011 => Outcome::Failed,
        _ => Outcome::BrokenStream,
    }
}

/// A gateway that answers sooner does not report a time limit. Some answer 504 to a refused connection.
const LEAST_LIMIT_MS: f64 = 200.0;

fn from_error_status(status: u16, exchange: &Exchange) -> Outcome {
    // The service of a gRPC call names its own deadline.
    let is_at_once =
        exchange.grpc_status().is_none() && exchange.phases.first_byte_ms.is_some_and(|ms| ms < LEAST_LIMIT_MS);
    if status == 504 && is_at_once { Outcome::Unavailable } else { from_status(status) }
}

fn from_status(status: u16) -> Outcome {
    match status {
        300..=399 => Outcome::WrongService,
        401 | 403 | 407 => Outcome::Denied,
        404 | 405 | 410 | 501 => Outcome::NotFound,
        429 => Outcome::Throttled,
        408 | 504 | 522 | 524 => Outcome::TimedOut,
        400..=499 => Outcome::InvalidRequest,
        525 | 526 => Outcome::TlsFailed,
        502 | 503 | 520 | 521 | 523 => Outcome::Unavailable,
        _ => Outcome::Failed,
    }
}

/// Returns the outcome of a response whose status is a success, but which the endpoint's rule of acceptance rejects.
fn unaccepted_success(exchange: &Exchange, endpoint: &Endpoint) -> Outcome {
    let html = media_type(exchange) == Some("text/html");
    let json = body_json(exchange);
    let json_as_expected = endpoint.accept.json.is_empty() || json.is_some() || exchange.body.truncated;
    match (endpoint.kind, endpoint.role, &json) {
        _ if html => Outcome::WrongService,
        _ if grpc::lacks_status(exchange) => Outcome::Unreadable,
        (kind, ..) if kind.is_event_stream() && !exchange.events.is_empty() => Outcome::BrokenStream,
        // It has the media type of the service, so it is of the service.
        (kind, ..) if kind.is_event_stream() && media_type(exchange) == Some("text/event-stream") => {
            Outcome::BrokenStream
        }
        _ if json.is_none() && is_called_json(exchange) && !exchange.body.truncated => Outcome::Unreadable,
        (kind, ..) if kind.is_stream() => Outcome::WrongService,
        _ if !json_as_expected => Outcome::WrongService,
        (_, Role::Introspection, Some(_)) => Outcome::Denied,
        (_, Role::Health, Some(json)) if another_service(json, &endpoint.accept.json) => Outcome::WrongService,
        _ => Outcome::Failed,
    }
}

/// Reports whether the media type of the response is that of JSON (RFC 6839, 3.1).
fn is_called_json(exchange: &Exchange) -> bool {
    media_type(exchange).is_some_and(|media| media == "application/json" || media.ends_with("+json"))
}

/// Words for a state. Any other value that a health response must contain is the name of its service.
const STATES: [&str; 9] = ["healthy", "ok", "up", "pass", "passing", "alive", "ready", "running", "serving"];

/// Reports whether a health response is from another service: it has none of the required fields, or it has another
/// service name.
fn another_service(json: &Value, wanted: &[JsonMatch]) -> bool {
    let there = |one: &&JsonMatch| !one.path.query(json).all().is_empty();
    let is_state = |value: &Value| value.as_str().is_none_or(|text| STATES.contains(&&*text.to_ascii_lowercase()));
    let names = |one: &&JsonMatch| !one.any_of.is_empty() && !one.any_of.iter().any(is_state);
    !wanted.iter().any(|one| there(&one)) || wanted.iter().filter(names).filter(there).any(|one| !one.holds(json))
}

fn status_accepted(exchange: &Exchange, endpoint: &Endpoint) -> bool {
    let Some(status) = exchange.status() else { return false };
    match (endpoint.accept.status.as_slice(), endpoint.kind) {
        ([], kind) if kind.is_upgrade() => status == 101,
        ([], _) => (200..300).contains(&status),
        (allowed, _) => allowed.contains(&status),
    }
}

pub(super) fn json_holds(wanted: &[JsonMatch], exchange: &Exchange) -> bool {
    wanted.is_empty() || body_json(exchange).is_some_and(|json| wanted.iter().all(|one| one.holds(&json)))
}

fn terminal_reached(accept: &Accept, exchange: &Exchange) -> bool {
    let events = exchange.events.iter().map(|event| &event.name);
    let mut names = events.chain(exchange.received().map(|frame| &frame.name));
    accept.terminal_event.as_ref().is_none_or(|terminal| names.any(|name| name == terminal))
}

fn first_frame_holds(accept: &Accept, exchange: &Exchange) -> bool {
    let Some(wanted) = &accept.first_frame else { return true };
    let first = exchange.received().next();
    first.and_then(|frame| serde_json::from_str(&frame.data).ok()).is_some_and(|json| wanted.holds(&json))
}

/// Returns the body as JSON, if it is JSON.
pub(super) fn body_json(exchange: &Exchange) -> Option<Value> {
    serde_json::from_str(&exchange.body.text).ok()
}
