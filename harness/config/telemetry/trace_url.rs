//! The address of a trace in the system's tracing product.

use serde::de::{Deserialize, Deserializer, Error as _};
use url::Url;

use crate::document::values::written_as_text;

/// What stands for the trace id.
const TRACE_ID: &str = "{trace_id}";

written_as_text! {
    /// A URL with `{trace_id}`, for example `https://tracing.example.com/trace/{trace_id}`.
    TraceUrl(String) like "^https?://.*[{]trace_id[}]" = read
}

fn read(text: &str) -> Result<String, String> {
    if !text.contains(TRACE_ID) {
        return Err(format!("a trace URL contains `{TRACE_ID}`: the report puts the id of a trace there"));
    }
    let url = Url::parse(&with(text, &"0".repeat(32))).map_err(|error| format!("`{text}` is not a URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("the scheme must be http or https, not `{}`", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a trace URL has no user and no password: every report shows it".to_owned());
    }
    if text.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return Err("a trace URL has no white space".to_owned());
    }
    Ok(text.to_owned())
}

/// Returns the address of a trace. The id is 32 hex digits.
pub(crate) fn with(template: &str, trace_id: &str) -> String {
    template.replace(TRACE_ID, trace_id)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{read, with};

    #[rstest]
    #[case::path("https://t.example/trace/{trace_id}?tab=spans", true)]
    #[case::query("http://127.0.0.1:16686/search?id={trace_id}", true)]
    #[case::no_id("https://t.example/trace", false)]
    #[case::other_scheme("javascript:{trace_id}", false)]
    #[case::no_host("/trace/{trace_id}", false)]
    #[case::password("https://me:pass@t.example/{trace_id}", false)]
    #[case::two_lines("https://t.example/{trace_id}\n", false)]
    fn a_trace_url_is_an_address_with_a_place_for_the_id(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(read(text).is_ok(), fits, "{text}");
    }

    #[test]
    fn the_id_replaces_its_name() {
        assert_eq!(with("https://t.example/{trace_id}", "0af7"), "https://t.example/0af7");
    }
}
