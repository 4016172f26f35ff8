//! When a step is sent again, and after which pause.
//!
//! Only failures that may be temporary are retried: a lost connection, 429, 502 to 504. A decision about a credential
//! is never retried.

use std::time::{Duration, SystemTime};

use crate::probe::{ErrorKind, Exchange};

/// The pause before the second try. It doubles for each further try.
const FIRST: Duration = Duration::from_millis(500);
/// The longest pause, unless the server asks for a longer one.
const LONGEST: Duration = Duration::from_secs(10);

/// Returns the reason for which a step may be sent again, or `None`.
pub(crate) fn may_pass(exchange: &Exchange) -> Option<String> {
    match exchange.meant_status() {
        Some(429 | 502..=504) => exchange.shown_status().map(|status| format!("status {status}")),
        // The service decided this, even if the body broke off.
        Some(400..) => None,
        _ => exchange.error.as_ref().filter(|error| is_transport(error.kind)).map(|error| error.kind.to_string()),
    }
}

/// Returns the pause after the `tried`th try (from 1): longer each time, and at least as long as the server asks.
pub(crate) fn pause(exchange: &Exchange, tried: u32) -> Duration {
    let doubled = 2_u32.checked_pow(tried.saturating_sub(1)).and_then(|times| FIRST.checked_mul(times));
    let own = doubled.unwrap_or(LONGEST).min(LONGEST);
    own.max(retry_after(exchange).unwrap_or_default())
}

/// Reports whether the transport failed, so that a retry may help.
///
/// A stream that broke off was cut by the transport. A silent stream is the work of its handler. An invalid certificate
/// stays invalid.
const fn is_transport(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DnsError
            | ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionTimeout
            | ErrorKind::DestinationIpUnroutable
            | ErrorKind::ConnectionTerminated
            | ErrorKind::TlsProtocolError
            | ErrorKind::HttpResponseTimeout
            | ErrorKind::HttpResponseIncomplete
    )
}

/// Returns the pause that `Retry-After` asks for (RFC 9110, 10.2.3): seconds, or a date by the clock of the server. A
/// number that is too large gives the longest possible pause.
fn retry_after(exchange: &Exchange) -> Option<Duration> {
    let asked = exchange.header("retry-after")?.trim();
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(asked.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let at = httpdate::parse_http_date(asked).ok()?;
    let now = exchange.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
    at.duration_since(now.unwrap_or_else(SystemTime::now)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::fixtures::exchange;
    use crate::terms::TokenKind;

    fn answered(status: u16) -> Exchange {
        exchange("backend.chat-messages", TokenKind::Valid).answered(status, "text/plain", "")
    }

    #[rstest]
    fn a_decision_of_the_service_is_not_retried(
        #[values(200, 400, 401, 403, 404, 408, 409, 418, 422, 500, 501, 505)] status: u16,
    ) {
        assert_eq!(may_pass(&answered(status)), None);
    }

    #[rstest]
    fn a_temporary_failure_is_retried(#[values(429, 502, 503, 504)] status: u16) {
        assert_eq!(may_pass(&answered(status)), Some(format!("status {status}")));
    }

    #[rstest]
    #[case::broke_off(ErrorKind::HttpResponseIncomplete, true)]
    #[case::reset(ErrorKind::ConnectionTerminated, true)]
    #[case::silent(ErrorKind::StreamTimeout, false)]
    #[case::certificate(ErrorKind::TlsCertificateError, false)]
    #[case::too_large(ErrorKind::HttpResponseBodySize, false)]
    #[case::budget(ErrorKind::BudgetSpent, false)]
    fn a_lost_connection_is_retried_but_not_a_silent_stream(#[case] kind: ErrorKind, #[case] again: bool) {
        let broken = exchange("backend.chat-stream", TokenKind::Valid).broken(kind);
        assert_eq!(may_pass(&broken).is_some(), again);
        let begun = answered(200).broken(kind);
        assert_eq!(may_pass(&begun).is_some(), again, "also after a successful status line");
    }

    #[test]
    fn a_refusal_that_breaks_off_is_not_retried() {
        for status in [401, 403] {
            assert_eq!(may_pass(&answered(status).broken(ErrorKind::HttpResponseIncomplete)), None);
        }
    }

    #[test]
    fn each_pause_doubles_up_to_the_longest() {
        let pauses: Vec<_> = (1..=7).map(|tried| pause(&answered(503), tried).as_millis()).collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
        assert_eq!(pause(&answered(503), u32::MAX), LONGEST);
    }

    #[rstest]
    #[case::seconds("3", 3)]
    #[case::spaces(" 3 ", 3)]
    #[case::date("Sun, 22 Nov 2026 03:00:07 GMT", 7)]
    #[case::old_date("Sunday, 22-Nov-26 03:00:07 GMT", 7)]
    #[case::past("Sun, 22 Nov 2026 02:00:00 GMT", 0)]
    #[case::none("soon", 0)]
    #[case::negative("-3", 0)]
    #[case::no_number("99999999999999999999999", u64::MAX)]
    fn a_server_may_ask_for_a_longer_pause(#[case] asked: &str, #[case] seconds: u64) {
        let answer =
            answered(503).with_header("date", "Sun, 22 Nov 2026 03:00:00 GMT").with_header("retry-after", asked);
        let own = FIRST;
        let expected = if seconds == u64::MAX { Duration::MAX } else { Duration::from_secs(seconds).max(own) };
        assert_eq!(pause(&answer, 1), expected);
    }

    proptest! {
        #[test]
        fn no_retry_after_panics(asked in ".{0,60}", tried in any::<u32>()) {
            prop_assert!(pause(&answered(503).with_header("retry-after", &asked), tried) >= FIRST);
        }
    }
}
