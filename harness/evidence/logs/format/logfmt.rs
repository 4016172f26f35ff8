//! logfmt: `time=2026-11-22T03:00:00Z level=error msg="no such user" request_id=7`. Its keys mean what they mean in JSON.

use super::json_lines::JsonLines;
use super::{Format, Parsed};
use crate::evidence::logs::values::json::Object;

pub(super) struct Logfmt;

/// The most pairs of one line.
const PAIRS: usize = 64;

impl Format for Logfmt {
    fn name(&self) -> &'static str {
        "logfmt"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        let object = Object::of_texts(pairs(line)?);
        JsonLines.object(&object).map(|parsed| parsed.with_text(line))
    }
}

/// Returns the pairs of a line, or `None` if it does not begin with one.
fn pairs(line: &str) -> Option<Vec<(&str, String)>> {
    let mut pairs = Vec::new();
    let mut rest = line.trim_start();
    while let Some((key, value, after)) = pair(rest).filter(|_| pairs.len() < PAIRS) {
        pairs.push((key, value));
        rest = after;
    }
    (pairs.len() >= 2).then_some(pairs)
}

/// Splits off the first pair. A word without a value is skipped, unless the line begins with it.
fn pair(text: &str) -> Option<(&str, String, &str)> {
    let end = text.find(['=', ' '])?;
    let key = &text[..end];
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-@".contains(&byte));
    let rest = text[end..].strip_prefix('=').filter(|_| is_key)?;
    let Some(quoted) = rest.strip_prefix('"') else {
        let end = rest.find(' ').unwrap_or(rest.len());
        return Some((key, rest[..end].to_owned(), rest[end..].trim_start()));
    };
    let mut value = String::new();
    let mut signs = quoted.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return Some((key, value, quoted[at + 1..].trim_start())),
            '\\' => match signs.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}
