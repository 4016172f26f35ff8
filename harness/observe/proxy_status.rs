//! `Proxy-Status` (RFC 9209): what the intermediaries say of themselves, nearest the origin first. Sits in `observe`.

use sfv::{BareItem, Item, List, ListEntry, Parser};

use crate::observe::Outcome;
use crate::observe::mark::{Mark, Says};
use crate::probe::Exchange;
use crate::terms::Service;

/// The error types of RFC 9209, 2.3, and what they make of a failure; nothing where the status code tells more.
const ERRORS: [(&str, Option<Outcome>); 32] = [
    ("dns_timeout", Some(Outcome::TimedOut)),
    ("dns_error", Some(Outcome::Unavailable)),
    ("destination_not_found", Some(Outcome::Unavailable)),
    ("destination_unavailable", Some(Outcome::Unavailable)),
    ("destination_ip_prohibited", Some(Outcome::Unavailable)),
    ("destination_ip_unroutable", Some(Outcome::Unavailable)),
    ("connection_refused", Some(Outcome::Unavailable)),
    ("connection_terminated", Some(Outcome::Unavailable)),
    ("connection_timeout", Some(Outcome::TimedOut)),
    ("connection_read_timeout", Some(Outcome::TimedOut)),
    ("connection_write_timeout", Some(Outcome::TimedOut)),
    ("connection_limit_reached", Some(Outcome::Unavailable)),
    ("tls_protocol_error", Some(Outcome::TlsFailed)),
    ("tls_certificate_error", Some(Outcome::TlsFailed)),
    ("tls_alert_received", Some(Outcome::TlsFailed)),
    ("http_request_error", None),
    ("http_request_denied", None),
    ("http_response_incomplete", None),
    ("http_response_header_section_size", None),
    ("http_response_header_size", None),
    ("http_response_body_size", None),
    ("http_response_trailer_section_size", None),
    ("http_response_trailer_size", None),
    ("http_response_transfer_coding", None),
    ("http_response_content_coding", None),
    ("http_response_timeout", Some(Outcome::TimedOut)),
    ("http_upgrade_failed", None),
    ("http_protocol_error", None),
    ("proxy_internal_response", None),
    ("proxy_internal_error", None),
    ("proxy_configuration_error", None),
    ("proxy_loop_detected", None),
];

/// One intermediary.
struct Intermediary {
    name: String,
    /// An entry of [`ERRORS`], by its place; the type may be one that we do not know.
    error: Option<Option<usize>>,
    received_status: bool,
}

/// What the header tells of the answer's maker: an error is set by the intermediary that met it (RFC 9209, 2.1.1). The service is an
/// intermediary too, of those behind it.
pub(crate) fn mark(exchange: &Exchange, own: Service) -> Option<Mark> {
    let chain = chain(exchange);
    if let Some(met) = chain.iter().find(|one| one.error.is_some()) {
        let word = met.error.flatten().map_or("other", |at| ERRORS[at].0);
        let says = if met.name.eq_ignore_ascii_case(own.as_str()) { Says::Application } else { Says::Edge };
        let bytes = format!("header proxy-status: …error={word}");
        return Some(Mark { id: format!("proxy-status.{word}"), says, weight: 0.7, bytes });
    }
    chain.iter().any(|one| one.received_status).then(|| Mark {
        id: "proxy-status.relayed".into(),
        says: Says::Relayed,
        weight: 0.6,
        bytes: "header proxy-status: …received-status".into(),
    })
}

/// How the call ended further in, for a failure that an intermediary reports.
pub(crate) fn outcome(exchange: &Exchange) -> Option<Outcome> {
    chain(exchange).iter().find_map(|one| one.error).flatten().and_then(|at| ERRORS[at].1)
}

/// Nearest the origin first, as the list is ordered (RFC 9209, 2).
fn chain(exchange: &Exchange) -> Vec<Intermediary> {
    let values: Vec<&str> = exchange.headers("proxy-status").collect();
    let Ok(list) = Parser::new(&values.join(", ")).parse::<List>() else { return Vec::new() };
    list.iter().filter_map(intermediary).collect()
}

fn intermediary(member: &ListEntry) -> Option<Intermediary> {
    let ListEntry::Item(Item { bare_item, params }) = member else { return None };
    let error = params.get("error").and_then(text);
    Some(Intermediary {
        name: text(bare_item)?.to_owned(),
        error: error.map(|word| ERRORS.iter().position(|(known, _)| *known == word)),
        received_status: params.get("received-status").is_some(),
    })
}

/// A name is a token or a string (RFC 9209, 2); so are error types seen in the wild.
fn text(item: &BareItem) -> Option<&str> {
    match item {
        BareItem::Token(token) => Some(token.as_str()),
        BareItem::String(string) => Some(string.as_str()),
        _ => None,
    }
}
