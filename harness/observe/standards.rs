//! Marks of short standards: problem details (RFC 9457), `Server-Timing` (W3C), and what caches say (RFC 9111, RFC 9211).

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

/// Headers in which caches write that they had the response: Varnish, Squid, Fastly, CloudFront, Cloudflare, Vercel, LiteSpeed,
/// and the names that configurations of nginx use.
const OF_CACHES: [&str; 8] = [
    "x-cache",
    "cf-cache-status",
    "x-cache-status",
    "x-proxy-cache",
    "x-fastcgi-cache",
    "x-vercel-cache",
    "x-litespeed-cache",
    "cdn-cache",
];

/// What they write there. `Hit from cloudfront`, `HIT, MISS`, `REVALIDATED`.
const HIT: [&str; 5] = ["hit", "stale", "updating", "revalidated", "refreshhit"];

/// Reports whether a response says that a cache kept it from another request.
pub(super) fn from_cache(exchange: &Exchange) -> bool {
    let words = |value: &str| -> Vec<String> {
        value.split(|one: char| !one.is_ascii_alphanumeric()).map(str::to_ascii_lowercase).collect()
    };
    let is_hit = |value: &str| words(value).iter().any(|word| HIT.contains(&word.as_str()));
    let by_status = |value: &str| value.split([',', ';']).any(|part| part.trim().eq_ignore_ascii_case("hit"));
    // Varnish adds the id of the request whose response it kept.
    let has_two_ids = |value: &str| value.split_whitespace().filter(|id| id.parse::<u64>().is_ok()).count() == 2;
    let is_old = |value: &str| value.trim().parse::<u64>().is_ok_and(|seconds| seconds > 0);
    OF_CACHES.iter().flat_map(|name| exchange.headers(name)).any(is_hit)
        || exchange.headers("cache-status").any(by_status)
        || exchange.headers("x-varnish").any(has_two_ids)
        || exchange.headers("age").any(is_old)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::exchange;
    use crate::terms::TokenKind::Valid;

    #[rstest]
    #[case::squid("x-cache", "HIT from proxy.internal", true)]
    #[case::fastly("x-cache", "MISS, HIT", true)]
    #[case::cloudfront("x-cache", "Miss from cloudfront", false)]
    #[case::cloudflare("cf-cache-status", "HIT", true)]
    #[case::cloudflare_dynamic("cf-cache-status", "DYNAMIC", false)]
    #[case::varnish("x-varnish", "32770 3", true)]
    #[case::varnish_miss("x-varnish", "32770", false)]
    #[case::standard("cache-status", "edge.example; hit; ttl=30", true)]
    #[case::standard_miss("cache-status", "edge.example; fwd=uri-miss; stored", false)]
    #[case::age("age", "41", true)]
    #[case::fresh("age", "0", false)]
    fn a_cache_says_whether_it_had_the_response(#[case] name: &str, #[case] value: &str, #[case] hit: bool) {
        let sent = exchange("backend.threads", Valid).answered(200, "application/json", "[]").with_header(name, value);
        assert_eq!(from_cache(&sent), hit);
    }
}
