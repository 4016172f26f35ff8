//! The ids that a text names: of its trace and of its request.

use std::sync::LazyLock;

use regex::Regex;

// In ASCII: a bounded repetition of Unicode's word characters fills the cache of the automaton, again for each text.
static TRACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)\btrace(?:[_ -]?id|parent)?\\?["']?\s{0,2}[:=]\s{0,2}\\?["']?(?:00-)?([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b"#)
        .expect("a constant pattern")
});

static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)\b(?:request|correlation|req)[_ -]?id\\?["']?\s{0,2}[:=]\s{0,2}\\?["']?([0-9a-z][\w.-]{7,63})"#)
        .expect("a constant pattern")
});

/// The longest id that is kept, in bytes.
const LONGEST: usize = 64;

/// Returns the trace id that a text names.
pub(crate) fn trace_in(text: &str) -> Option<String> {
    Some(TRACE.captures(text)?[1].to_ascii_lowercase())
}

/// Returns the request id that a text names.
pub(crate) fn request_in(text: &str) -> Option<String> {
    Some(REQUEST.captures(text)?[1].to_owned())
}

/// Reads the value of a key that holds a trace id: the id, `traceparent`, or a resource name that ends with the id.
pub(crate) fn trace(value: &str) -> Option<String> {
    let value = value.rsplit('/').next().unwrap_or_default();
    let id = value.strip_prefix("00-").and_then(|rest| rest.split('-').next()).unwrap_or(value);
    plain(id).map(|id| id.to_ascii_lowercase())
}

/// Returns a value that has the form of an id.
pub(crate) fn plain(value: &str) -> Option<&str> {
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:=+".contains(&byte);
    ((4..=LONGEST).contains(&value.len()) && value.bytes().all(is_id)).then_some(value)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const ID: &str = "0af7651916cd43dd8448eb211c80319c";

    #[rstest]
    #[case::key("failed trace_id=0af7651916cd43dd8448eb211c80319c x", Some(ID))]
    #[case::header("traceparent: 00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", Some(ID))]
    #[case::quoted(r#"{\"trace_id\": \"0af7651916cd43dd8448eb211c80319c\"}"#, Some(ID))]
    #[case::words("Trace: 0af76519-16cd-43dd-8448-eb211c80319c", Some("0af76519-16cd-43dd-8448-eb211c80319c"))]
    #[case::short("trace_id=12", None)]
    fn a_text_names_its_trace(#[case] text: &str, #[case] id: Option<&str>) {
        assert_eq!(trace_in(text).as_deref(), id);
    }

    #[rstest]
    #[case::key("request_id=8f3c9a77-1b2c x", Some("8f3c9a77-1b2c"))]
    #[case::header("X-Request-Id: 8f3c9a771b2c", Some("8f3c9a771b2c"))]
    #[case::none("the request idle", None)]
    fn a_text_names_its_request(#[case] text: &str, #[case] id: Option<&str>) {
        assert_eq!(request_in(text).as_deref(), id);
    }

    #[rstest]
    #[case::resource("projects/p/traces/0af7651916cd43dd8448eb211c80319c", Some(ID))]
    #[case::header("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Some(ID))]
    #[case::sentence("not an id at all", None)]
    fn a_value_is_a_trace_id(#[case] value: &str, #[case] id: Option<&str>) {
        assert_eq!(trace(value).as_deref(), id);
    }
}
