//! `Server-Timing` (W3C): a metric for authentication shows that the auth service was asked.

use crate::observe::maker::{Mark, Says};
use crate::probe::Exchange;

/// Returns a mark when the service spent time on authentication.
pub(crate) fn mark(exchange: &Exchange) -> Option<Mark> {
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
