//! `Proxy-Status` (RFC 9209): what the intermediaries report about themselves, the one nearest to the origin first.

use sfv::{BareItem, Item, List, ListEntry, Parser};

use crate::observe::Outcome;
use crate::observe::maker::{Mark, Says};
use crate::probe::Exchange;
use crate::terms::Service;

/// The error types of RFC 9209, 2.3, with the outcome that each means; `None` where the status code is more precise.
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

/// One entry of the header.
struct Intermediary {
    name: String,
    /// The index in [`ERRORS`]; the inner `None` is an error type that is not in the table.
    error: Option<Option<usize>>,
    received_status: bool,
}

/// Returns what the header shows about the producer of the response. The intermediary that met an error sets it (RFC
/// 9209, 2.1.1). The service may add an entry too, since it is an intermediary for the components behind it.
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

/// Returns how the call ended behind the intermediary that reports the failure.
pub(crate) fn outcome(exchange: &Exchange) -> Option<Outcome> {
    chain(exchange).iter().find_map(|one| one.error).flatten().and_then(|at| ERRORS[at].1)
}

/// Returns the entries, the one nearest to the origin first (RFC 9209, 2).
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

/// Returns the text of a token or a string. Names may be either (RFC 9209, 2), and some servers write error types as
/// strings.
fn text(item: &BareItem) -> Option<&str> {
    match item {
        BareItem::Token(token) => Some(token.as_str()),
        BareItem::String(string) => Some(string.as_str()),
        _ => None,
    }
}
