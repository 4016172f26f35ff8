//! `Server-Timing` (W3C): a metric of the auth service proves that it was asked. A hint. Sits in `observe`.

use crate::observe::mark::{Mark, Says};
use crate::probe::Exchange;

/// A mark when time was spent on authentication.
pub(crate) fn mark(exchange: &Exchange) -> Option<Mark> {
    exchange.headers("server-timing").flat_map(|value| value.split(',')).any(asked_auth).then(|| Mark {
        id: "server-timing.auth".into(),
        says: Says::Passed,
        weight: 0.5,
        bytes: "header server-timing: auth…;dur".into(),
    })
}

/// Not a structured field: decimals have as many places as they like, and descriptions need no quotes.
fn asked_auth(metric: &str) -> bool {
    let mut parts = metric.split(';').map(str::trim);
    let named = parts.next().is_some_and(|name| name.to_ascii_lowercase().starts_with("auth"));
    named && parts.filter_map(|part| part.strip_prefix("dur=")).any(|ms| ms.parse::<f64>().is_ok_and(|ms| ms > 0.0))
}
