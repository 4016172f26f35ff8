//! Masks a value that stands in the place of a secret's source and is not a source. It may be the secret itself.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A key that names a secret, and the rest of its line.
static SECRET_KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?im)(?:secrets?|password)["']?[ \t]*=[ \t]*(.*)$"#));
/// A quoted string, or a word without quotes (as an environment variable holds it).
static VALUE: LazyLock<Regex> = LazyLock::new(|| pattern(r#""([^"]*)"?|'([^']*)'?|([^\s\[\]{},="']{4,})"#));
/// The prefixes of values that name a secret and are not one.
const HARMLESS: [&str; 4] = ["env:", "file:", "command:", "{secret:"];

/// Returns the text with the values of secrets masked. Byte offsets and lines stay the same.
pub(crate) fn mask(text: &str) -> String {
    let mut secrets = Vec::new();
    for found in SECRET_KEY.captures_iter(text) {
        let Some(rest) = found.get(1) else { continue };
        for value in VALUE.captures_iter(rest.as_str()) {
            let inner = value.iter().skip(1).flatten().next();
            let inner = inner.filter(|inner| !harmless(rest.as_str(), inner.range()));
            secrets.extend(inner.map(|inner| rest.start() + inner.start()..rest.start() + inner.end()));
        }
    }
    star_out(text, secrets)
}

/// Reports whether this part names a secret or a variable, or is a key of an inline table.
fn harmless(rest: &str, part: Range<usize>) -> bool {
    let key = rest.starts_with('{') && rest[part.end..].trim_start_matches(['"', '\'', ' ']).starts_with('=');
    let value = &rest[part];
    let variable = value.contains('_') && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    key || variable || HARMLESS.iter().any(|start| value.starts_with(start))
}

/// Returns the text with a star for every byte of these ranges. Keeps line breaks.
pub(crate) fn star_out(text: &str, ranges: impl IntoIterator<Item = Range<usize>>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for byte in
        ranges.into_iter().flat_map(|range| bytes.get(range.clone()).map(|_| range)).flatten().collect::<Vec<_>>()
    {
        if bytes[byte] != b'\n' {
            bytes[byte] = b'*';
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a constant pattern")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("signing_secret = \"hunter2\"", "signing_secret = \"*******\"")]
    #[case("secret = ['hunter2', 'env:X']", "secret = ['*******', 'env:X']")]
    #[case("password=hunter2\nid = 5", "password=*******\nid = 5")]
    #[case("FIVEWHYS__SIGNING_SECRET=hünter", "FIVEWHYS__SIGNING_SECRET=*******")]
    #[case("secrets = { password = [\"file:p\"] }", "secrets = { password = [\"file:p\"] }")]
    #[case("body = { password = \"{secret:password}\" }", "body = { password = \"{secret:password}\" }")]
    #[case("jwt-secret = [\"JWT_SECRET_KEY\"]", "jwt-secret = [\"JWT_SECRET_KEY\"]")]
    #[case("secret_header = \"X-Service-Secret\"", "secret_header = \"X-Service-Secret\"")]
    fn values_of_secrets_are_masked_and_their_sources_are_not(#[case] text: &str, #[case] masked: &str) {
        assert_eq!(mask(text), masked);
    }
}
