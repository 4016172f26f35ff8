//! Masks a value that stands in the place of a secret's source and is not a source. It may be the secret itself.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::document::suggest::distance;
use crate::redact;

/// A key, and its value: a list, a text of several lines, or the rest of the line.
static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?m)([A-Za-z0-9_.-]+)["']?[ \t]*=[ \t]*(\[[^\]]*\]?|"""(?s:.*?)(?:"""|\z)|'''(?s:.*?)(?:'''|\z)|.*$)"#)
});
/// The last words of keys that name a secret.
const SECRET_WORDS: [&str; 6] = ["secret", "secrets", "password", "passwords", "passwd", "passphrase"];
/// How many letters of such a word may be wrong.
const WRONG_LETTERS: usize = 2;
/// A quoted string, or a word without quotes (as an environment variable holds it).
static VALUE: LazyLock<Regex> = LazyLock::new(|| pattern(r#""([^"]*)"?|'([^']*)'?|([^\s\[\]{},="']{4,})"#));
/// The prefixes of values that name a secret and are not one.
const HARMLESS: [&str; 4] = ["env:", "file:", "command:", "{secret:"];

/// Returns the text with the values of secrets masked, also of misspelt keys. Byte offsets and lines stay the same.
pub(crate) fn mask(text: &str) -> String {
    let is_shown = |at: &Range<usize>| text.get(at.clone()).is_some_and(names_a_source);
    let mut secrets: Vec<Range<usize>> = redact::unregistered_in(text).into_iter().filter(|at| !is_shown(at)).collect();
    for found in ASSIGNMENT.captures_iter(text) {
        let (Some(key), Some(rest)) = (found.get(1), found.get(2)) else { continue };
        // An inline table has keys of its own.
        let nested = ASSIGNMENT.captures_iter(rest.as_str()).filter_map(|inner| Some((inner.get(1)?, inner.get(2)?)));
        let nested = nested.filter(|(key, _)| names_a_secret(key.as_str()));
        secrets.extend(nested.flat_map(|(_, value)| values(value.as_str(), rest.start() + value.start())));
        if names_a_secret(key.as_str()) {
            secrets.extend(values(rest.as_str(), rest.start()));
        }
    }
    star_out(text, secrets)
}

/// Reports whether the last word of a key is one for secrets, with at most two wrong letters.
fn names_a_secret(key: &str) -> bool {
    let word = key.rsplit(['_', '-', '.']).next().unwrap_or_default().to_ascii_lowercase();
    let ends_in_one = SECRET_WORDS.iter().any(|known| word.ends_with(known));
    ends_in_one || word.len() > 3 && SECRET_WORDS.iter().any(|known| distance(&word, known) <= WRONG_LETTERS)
}

/// Returns the ranges of the values that may be secrets. `start` is where the text begins.
fn values(rest: &str, start: usize) -> Vec<Range<usize>> {
    let inner = |value: regex::Captures<'_>| value.iter().skip(1).flatten().next().map(|inner| inner.range());
    let found = VALUE.captures_iter(rest).filter_map(inner).filter(|inner| !harmless(rest, inner.clone()));
    found.map(|inner| start + inner.start..start + inner.end).collect()
}

/// Reports whether this part names a secret or a variable, or is a key of an inline table.
fn harmless(rest: &str, part: Range<usize>) -> bool {
    let key = rest.starts_with('{') && rest[part.end..].trim_start_matches(['"', '\'', ' ']).starts_with('=');
    key || names_a_source(&rest[part])
}

/// Reports whether a value is the source of a secret, or the name of a variable.
fn names_a_source(value: &str) -> bool {
    let variable = value.contains('_') && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    variable || HARMLESS.iter().any(|start| value.starts_with(start))
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
    #[case("signing_secrt = \"hunter2\"", "signing_secrt = \"*******\"")]
    #[case("pasword = 'hunter2'", "pasword = '*******'")]
    #[case("secret = [\n  \"hunter2\",\n  \"env:X\",\n]", "secret = [\n  \"*******\",\n  \"env:X\",\n]")]
    #[case("secret = \"\"\"\nhunter2\n\"\"\"", "secret = \"\"\"\n*******\n\"\"\"")]
    #[case("log = \"url:https://x/?key=hunter2\"", "log = \"url:https://x/?key=*******\"")]
    #[case("bakend = \"https://u:hunter2@x\"", "bakend = \"https://*********@x\"")]
    #[case("select = \"a\"\nsection = 'b'", "select = \"a\"\nsection = 'b'")]
    #[case("secret_header = \"X-Service-Secret\"", "secret_header = \"X-Service-Secret\"")]
    fn values_of_secrets_are_masked_and_their_sources_are_not(#[case] text: &str, #[case] masked: &str) {
        assert_eq!(mask(text), masked);
    }
}
