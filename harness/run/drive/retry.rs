//! When a step is tried again, and how long is waited before. Only what may pass by itself: a lost connection, 429, 502 to 504; never what
//! a service decided about a credential. Sits in `run`, beside `course`.

use std::time::{Duration, SystemTime};

use crate::probe::{ErrorKind, Exchange};

/// Before the second try; doubled for each one more.
const FIRST: Duration = Duration::from_millis(500);
/// No longer, unless the server asks for it.
const LONGEST: Duration = Duration::from_secs(10);

/// What a try may be repeated for; nothing where it may not.
pub(crate) fn may_pass(exchange: &Exchange) -> Option<String> {
    match exchange.status() {
        Some(status @ (429 | 502..=504)) => Some(format!("status {status}")),
        // Whatever became of its body: this was decided.
        Some(400..) => None,
        _ => exchange.error.as_ref().filter(|error| is_transport(error.kind)).map(|error| error.kind.to_string()),
    }
}

/// How long before the try after the `tried`th (from 1): longer each time, and no shorter than the server asks.
pub(crate) fn pause(exchange: &Exchange, tried: u32) -> Duration {
    let doubled = 2_u32.checked_pow(tried.saturating_sub(1)).and_then(|times| FIRST.checked_mul(times));
    let own = doubled.unwrap_or(LONGEST).min(LONGEST);
    own.max(retry_after(exchange).unwrap_or_default())
}

/// A stream that broke off was cut by the transport; one that went silent, or ended in order without its last event, was not: that is what
/// its handler did. A certificate that does not fit will not fit the next time.
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

/// `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, by the server's own clock where it tells it. Digits that fit no number are the
/// longest wait there is.
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
    fn nothing_a_service_decided_is_tried_again(
        #[values(200, 400, 401, 403, 404, 408, 409, 418, 422, 500, 501, 505)] status: u16,
    ) {
        assert_eq!(may_pass(&answered(status)), None);
    }

    #[rstest]
    fn what_may_pass_is_tried_again(#[values(429, 502, 503, 504)] status: u16) {
        assert_eq!(may_pass(&answered(status)), Some(format!("status {status}")));
    }

    #[rstest]
    #[case::broke_off(ErrorKind::HttpResponseIncomplete, true)]
    #[case::reset(ErrorKind::ConnectionTerminated, true)]
    #[case::silent(ErrorKind::StreamTimeout, false)]
    #[case::certificate(ErrorKind::TlsCertificateError, false)]
    #[case::too_large(ErrorKind::HttpResponseBodySize, false)]
    #[case::budget(ErrorKind::BudgetSpent, false)]
    fn a_lost_connection_is_tried_again_and_a_silent_stream_is_not(#[case] kind: ErrorKind, #[case] again: bool) {
        let broken = exchange("backend.chat-stream", TokenKind::Valid).broken(kind);
        assert_eq!(may_pass(&broken).is_some(), again);
        let begun = answered(200).broken(kind);
        assert_eq!(may_pass(&begun).is_some(), again, "after a good status line as well");
    }

    #[test]
    fn a_refusal_that_loses_its_connection_is_still_a_refusal() {
        for status in [401, 403] {
            assert_eq!(may_pass(&answered(status).broken(ErrorKind::HttpResponseIncomplete)), None);
        }
    }

    #[test]
    fn each_pause_is_twice_the_one_before_up_to_the_longest() {
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
    fn a_server_may_ask_for_more_time(#[case] asked: &str, #[case] seconds: u64) {
        let answer =
            answered(503).with_header("date", "Sun, 22 Nov 2026 03:00:00 GMT").with_header("retry-after", asked);
        let own = FIRST;
        let expected = if seconds == u64::MAX { Duration::MAX } else { Duration::from_secs(seconds).max(own) };
        assert_eq!(pause(&answer, 1), expected);
    }

    proptest! {
        #[test]
        fn whatever_a_server_asks_is_read_without_a_panic(asked in ".{0,60}", tried in any::<u32>()) {
            prop_assert!(pause(&answered(503).with_header("retry-after", &asked), tried) >= FIRST);
        }
    }
}
