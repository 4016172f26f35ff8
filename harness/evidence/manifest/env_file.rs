//! A file with lines `KEY=VALUE`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::environment::Environment;
use super::{Declaration, Layout, Manifest};

/// Makes one manifest of the variables. Such a file does not say whose variables they are.
pub(super) fn read(lines: Vec<(String, String)>, plain: &BTreeSet<String>) -> Declaration {
    let mut environment = Environment::new(plain);
    lines.iter().for_each(|(name, value)| environment.literal(name, value));
    Declaration::of(Layout::EnvFile, Manifest { name: "an env file".to_owned(), ..Manifest::default() }, environment)
}

/// The largest env file that another file names, in bytes.
const LIMIT: u64 = 1 << 20;

/// Reads an env file that a file in `folder` names. `None`: it is outside of the folder, too large, or no env file.
pub(super) fn beside(folder: &Path, name: &str) -> Option<Vec<(String, String)>> {
    // An empty path is the present folder.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (root, path) = (folder.canonicalize().ok()?, folder.join(name).canonicalize().ok()?);
    if !path.starts_with(root) || !path.is_file() {
        return None;
    }
    let mut text = String::new();
    let size = File::open(path).ok()?.take(LIMIT + 1).read_to_string(&mut text).ok()?;
    lines(&text).ok().filter(|_| size as u64 <= LIMIT)
}

/// Reports whether a text consists of lines `KEY=VALUE`, by its first line that is neither blank nor a comment.
pub(super) fn is_such(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .is_some_and(|line| pair(line).is_some())
}

/// Reads the lines. The error is the number of the wrong line, counted from 1.
pub(super) fn lines(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut read = Vec::new();
    let (mut rest, mut number) = (text, 1);
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let trimmed = line.trim_start();
        if trimmed.trim_end().is_empty() || trimmed.starts_with('#') {
            (rest, number) = (after, number + 1);
            continue;
        }
        let (name, first) = pair(trimmed).ok_or(number)?;
        // A quoted value may go on over several lines.
        let from = rest.get(line.len() - first.len()..).unwrap_or_default();
        let (value, taken) = value(from, first).ok_or(number)?;
        read.push((name.to_owned(), value));
        let end = rest.len() - from.len() + taken;
        number += rest.get(..end).unwrap_or_default().matches('\n').count() + 1;
        rest = rest.get(end..).and_then(|rest| rest.split_once('\n')).map_or("", |(_, after)| after);
    }
    Ok(read)
}

/// Splits `[export ]KEY=VALUE`.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let name = name.trim();
    let begins = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let word = name.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '.' | '-'));
    (begins && word).then_some((name, value.trim_start_matches([' ', '\t'])))
}

/// Returns the value at the start of a text, without its quotes or the comment after it, and how many bytes it takes.
/// `None` when a quote is not closed.
fn value(text: &str, line: &str) -> Option<(String, usize)> {
    let Some(quote) = line.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
        let value = line.split_once(" #").map_or(line, |(value, _)| value.trim_end());
        return Some((value.to_owned(), line.len()));
    };
    let closing = closing(text, quote)?;
    let inside = text.get(1..closing)?;
    let value = if quote == '"' { inside.replace("\\n", "\n").replace("\\\"", "\"") } else { inside.to_owned() };
    Some((value, closing + 1))
}

/// Returns the place of the closing quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, one) in text.char_indices().skip(1) {
        match one {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if one == quote => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};
    use rstest::rstest;

    use super::lines;

    #[rstest]
    #[case::plain("A=1\nB=two words", &[("A", "1"), ("B", "two words")])]
    #[case::blank("A=\n", &[("A", "")])]
    #[case::comments("# A=1\n\n  export B=2 # why\n", &[("B", "2")])]
    #[case::quoted("A=\"x # y\" # z\nB='it\\n'", &[("A", "x # y"), ("B", "it\\n")])]
    #[case::escaped("A=\"a\\nb\\\"\"", &[("A", "a\nb\"")])]
    #[case::several_lines("A=\"one\ntwo\"\nB=3", &[("A", "one\ntwo"), ("B", "3")])]
    #[case::carriage_return("A=1\r\nB=2", &[("A", "1\r"), ("B", "2")])]
    #[case::trailing_space("A=1 \n", &[("A", "1 ")])]
    #[case::equals("A=b=c", &[("A", "b=c")])]
    fn lines_are_read_as_the_tools_read_them(#[case] text: &str, #[case] read: &[(&str, &str)]) {
        let read: Vec<_> = read.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(lines(text), Ok(read));
    }

    #[rstest]
    #[case::no_equals("A=1\n\nword\n", 3)]
    #[case::not_a_name("A=1\n2=3", 2)]
    #[case::open_quote("A=\"x\ny\n\nB='1\n", 1)]
    #[case::after_a_long_value("A=\"x\ny\"\nword", 3)]
    fn a_wrong_line_is_named(#[case] text: &str, #[case] number: usize) {
        assert_eq!(lines(text), Err(number));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in r#"(?s)([A-C=#"'\\\n\r ä]|export ){0,40}"#) {
            if let Err(number) = lines(&text) {
                prop_assert!(number <= text.matches('\n').count() + 1);
            }
        }
    }
}
