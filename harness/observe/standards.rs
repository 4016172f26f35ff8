//! Marks of two short standards: problem details (RFC 9457), and `Server-Timing` (W3C).

use serde_json::Value;

use crate::observe::maker::{Mark, Says};
use crate::observe::outcome::body_json;
use crate::observe::signature::media_type;
use crate::probe::Exchange;

/// Returns a mark when the body is a problem document. Services send them; some edges do too.
///
/// A `status` member that differs from the status code shows that an intermediary changed the status code (RFC 9457,
/// 3.1.2).
pub(super) fn problem(exchange: &Exchange) -> Option<Mark> {
    if media_type(exchange) != Some("application/problem+json") {
        return None;
    }
    let json = body_json(exchange);
    let own = json.as_ref().and_then(|json| json.get("status")).and_then(Value::as_u64);
    match own {
        Some(own) if exchange.status().is_some_and(|status| u64::from(status) != own) => {
            Some(marked("problem.status-changed", Says::Relayed, format!("body …\"status\":{own}…")))
        }
        _ => Some(marked("problem", Says::Application, "content-type application/problem+json".into())),
    }
}

fn marked(id: &str, says: Says, bytes: String) -> Mark {
    Mark { id: id.into(), says, weight: 0.65, bytes }
}

/// Returns a mark when the service spent time on authentication: the auth service was asked.
pub(super) fn server_timing(exchange: &Exchange) -> Option<Mark> {
    exchange.headers("server-timing").flat_map(|value| value.split(',')).any(asked_auth).then(|| Mark {
        id: "server-timing.auth".into(),
        says: Says::Passed,
        weight: 0.5,
        bytes: "header server-timing: auth…;dur".into(),
    })
}

/// Reports whether a metric whose name starts with `auth` has a positive duration.
///
/// Parsed by hand, since the header is not a structured field (RFC 9651): decimals may be long, and descriptions may
/// lack quotes.
fn asked_auth(metric: &str) -> bool {
    let mut parts = metric.split(';').map(str::trim);
    let named = parts.next().is_some_and(|name| name.to_ascii_lowercase().starts_with("auth"));
    named && parts.filter_map(|part| part.strip_prefix("dur=")).any(|ms| ms.parse::<f64>().is_ok_and(|ms| ms > 0.0))
}
