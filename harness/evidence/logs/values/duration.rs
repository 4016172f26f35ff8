//! How long a request took, as access lines write it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::json::Json;

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant pattern")
}

/// A number and its unit: `7012.3 ms`, `latency=7.01s`, `1m3.5s`.
static WITH_UNIT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?:^|[\s=:|(\["])(?:(\d+)m)?(\d+(?:\.\d+)?) ?(ns|us|µs|μs|ms|msec|milliseconds?|s|secs?|seconds?)(?:$|[\s,;|)\]"])"#,
    )
});

/// Seconds under the name that nginx gives them.
static OF_NGINX: LazyLock<Regex> = LazyLock::new(|| regex(r#"\b(?:request_time|rt)[=:]"?(\d+\.\d{3})\b"#));

/// What follows the agent of the combined format: nginx's `$request_time`, maybe behind `$request_length`; Gunicorn's `%(L)s`.
static SECONDS_AT_THE_END: LazyLock<Regex> = LazyLock::new(|| regex(r#"" (?:\d+ )?(\d+\.(?:\d{3}|\d{6}))(?: \[|$)"#));

/// The same place, with Apache's `%D`. Fewer digits are no second, and may be anything else.
static MICROSECONDS_AT_THE_END: LazyLock<Regex> = LazyLock::new(|| regex(r#"" (\d{7,9})$"#));

/// Returns the milliseconds that an access line names. `None`: it names none, or no unit for them.
pub(crate) fn milliseconds(line: &str) -> Option<u32> {
    let number = |pattern: &Regex| -> Option<f64> { pattern.captures(line)?.get(1)?.as_str().parse().ok() };
    let ms = WITH_UNIT
        .captures(line)
        .and_then(|found| of_unit(&found))
        .or_else(|| number(&OF_NGINX).map(|seconds| seconds * 1e3))
        .or_else(|| number(&SECONDS_AT_THE_END).map(|seconds| seconds * 1e3))
        .or_else(|| number(&MICROSECONDS_AT_THE_END).map(|micros| micros / 1e3));
    whole(ms?)
}

fn of_unit(found: &Captures<'_>) -> Option<f64> {
    let minutes: f64 = found.get(1).map_or(Some(0.0), |minutes| minutes.as_str().parse().ok())?;
    let number: f64 = found.get(2)?.as_str().parse().ok()?;
    let in_ms = match found.get(3)?.as_str() {
        "ns" => 1e-6,
        "us" | "µs" | "μs" => 1e-3,
        unit if unit.starts_with('m') => 1.0,
        _ => 1e3,
    };
    Some(minutes * 60e3 + number * in_ms)
}

/// Returns the milliseconds of a JSON number, or of a number in quotes, whose unit has this many of them.
pub(crate) fn of_json(value: &Json<'_>, in_ms: f64) -> Option<u32> {
    let number = match value {
        Json::Integer(number) => *number as f64,
        Json::Float(number) => *number,
        other => other.text()?.parse().ok()?,
    };
    whole(number * in_ms)
}

/// Returns whole milliseconds.
pub(crate) fn whole(ms: f64) -> Option<u32> {
    let ms = ms.round();
    (0.0..=f64::from(u32::MAX)).contains(&ms).then_some(ms as u32)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::morgan("POST /introspect 200 7012.345 ms - 60", 7012)]
    #[case::gin(r#"[GIN] 2026/11/29 - 10:00:00 | 200 |  7.012345678s | ::1 | POST "/introspect""#, 7012)]
    #[case::key_and_unit(r#"level=info method=POST path=/introspect status=200 latency=7.01s"#, 7010)]
    #[case::go_minutes("POST /introspect 200 1m3.5s", 63_500)]
    #[case::kestrel("Request finished HTTP/1.1 POST http://a/introspect - 200 60 application/json 7012.3456ms", 7012)]
    #[case::nginx(
        r#"10.0.0.1 - - [29/Nov/2026:10:00:07 +0000] "POST /introspect HTTP/1.1" 200 60 "-" "axios/1.7" 7.012"#,
        7012
    )]
    #[case::ingress(r#"10.0.0.1 - - [x] "POST /introspect HTTP/1.1" 200 60 "-" "axios/1.7" 431 7.012 [auth] []"#, 7012)]
    #[case::nginx_key(r#"10.0.0.1 "POST /introspect HTTP/1.1" 200 rt=7.012 uct="0.001""#, 7012)]
    #[case::apache(r#"10.0.0.1 - - [x] "POST /introspect HTTP/1.1" 200 60 "-" "axios/1.7" 7012345"#, 7012)]
    fn an_access_line_names_how_long_the_request_took(#[case] line: &str, #[case] ms: u32) {
        assert_eq!(milliseconds(line), Some(ms));
    }

    #[rstest]
    #[case::uvicorn(r#"INFO: 10.0.0.1:52 - "POST /introspect HTTP/1.1" 200 OK"#)]
    #[case::a_process_id(r#"10.0.0.1 - - [x] "POST /introspect HTTP/1.1" 200 60 "-" "axios/1.7" 41943"#)]
    #[case::a_path("GET /v1/7s 200")]
    #[case::without_a_unit("POST /introspect status=200 duration=7012")]
    fn a_number_without_a_unit_is_no_duration(#[case] line: &str) {
        assert_eq!(milliseconds(line), None);
    }
}
