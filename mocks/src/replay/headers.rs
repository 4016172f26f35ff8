//! The headers that a replay sends: those of the recording that describe the answer, not the connection.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};

use super::recorded::RecordedAnswer;
use crate::terms::Clock;

/// Headers of a connection (RFC 9110, section 7.6.1), of a coding that the body no longer has, and of one handshake.
const NOT_SENT: [HeaderName; 13] = [
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::DATE,
    header::PROXY_AUTHENTICATE,
    header::SEC_WEBSOCKET_ACCEPT,
    header::SEC_WEBSOCKET_EXTENSIONS,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Returns the headers of an answer. A name or value that HTTP does not allow is left out.
pub(super) fn of(answer: &RecordedAnswer) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &answer.headers {
        let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) else { continue };
        if !NOT_SENT.contains(&name) {
            headers.append(name, value);
        }
    }
    headers
}

/// Returns `Date` by the clock that the recording shows.
pub(super) fn date(answer: &RecordedAnswer) -> Option<HeaderValue> {
    let ahead = SignedDuration::from_secs(answer.clock_ahead);
    Timestamp::now().checked_add(ahead).ok()?;
    HeaderValue::from_str(&Clock { ahead }.http_date()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_connection_and_broken_ones_are_left_out() {
        let of_name = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let answer = RecordedAnswer {
            headers: vec![
                of_name("server", "nginx"),
                of_name("Transfer-Encoding", "chunked"),
                of_name("content-encoding", "br"),
                of_name("a b", "c"),
                of_name("x", "line\nbreak"),
                of_name("set-cookie", "a=1"),
                of_name("set-cookie", "b=2"),
            ],
            ..RecordedAnswer::default()
        };
        let names: Vec<String> = of(&answer).iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["server", "set-cookie", "set-cookie"]);
    }

    #[test]
    fn a_clock_out_of_range_has_no_date() {
        assert!(date(&RecordedAnswer { clock_ahead: i64::MAX, ..RecordedAnswer::default() }).is_none());
        assert!(date(&RecordedAnswer { clock_ahead: -600, ..RecordedAnswer::default() }).is_some());
    }
}
