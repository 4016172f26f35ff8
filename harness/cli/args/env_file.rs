//! `--env-file FILE`: variables for secrets and overrides, from lines `KEY=VALUE`.

use std::path::Path;

use crate::cli::args::gate::text;
use crate::cli::terminal::mistake::Mistake;
use crate::document::{ConfigError, mask, source};
use crate::host::environment;

/// Adds the variables of these files to those of the process, which win. A later file wins over an earlier one.
pub(crate) fn add(files: &[std::path::PathBuf]) -> Result<(), Mistake> {
    for file in files {
        environment::add(variables(file, &text(&file.display().to_string())?)?);
    }
    Ok(())
}

/// Returns the variables of a text. Empty lines and lines that begin with `#` have none. `export ` may precede a name,
/// and quotes may surround a value. Nothing is expanded.
fn variables(file: &Path, text: &str) -> Result<Vec<(String, String)>, ConfigError> {
    let mut variables = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let written = line.trim();
        if !written.is_empty() && !written.starts_with('#') {
            let pair = pair(written).map_err(|why| {
                let start = at + line.len() - line.trim_start().len();
                mistake(file, text, start..start + written.len(), why)
            })?;
            variables.push(pair);
        }
        at += line.len();
    }
    Ok(variables)
}

/// Returns a mistake in a line. Every value is masked, because it may be a secret.
fn mistake(file: &Path, text: &str, span: std::ops::Range<usize>, why: &str) -> ConfigError {
    let shown = source(file.display().to_string(), &mask::star_out(text, std::iter::once(0..text.len())));
    ConfigError::new(why)
        .at(&shown, span)
        .help("a line is `NAME=value`, `NAME=\"value\"`, empty, or a comment with `#`")
}

fn pair(line: &str) -> Result<(String, String), &'static str> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=').ok_or("the line has no `=`")?;
    let (name, value) = (name.trim(), value.trim());
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !is_name {
        return Err("the text before `=` is not the name of a variable");
    }
    Ok((name.to_owned(), unquoted(value)?.to_owned()))
}

fn unquoted(value: &str) -> Result<&str, &'static str> {
    let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\'')) else { return Ok(value) };
    let inner = value[1..].strip_suffix(quote).ok_or("the quote is not closed at the end of the line")?;
    if inner.contains(quote) { Err("text follows the closing quote") } else { Ok(inner) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, ConfigError> {
        variables(Path::new("staging.env"), text)
    }

    #[test]
    fn a_line_names_one_variable() {
        let text = "# comment\n\nA=1\nexport B = \"two words\" \r\nC='$x'\nD=a=b#c\nE=\n";
        let expected = [("A", "1"), ("B", "two words"), ("C", "$x"), ("D", "a=b#c"), ("E", "")];
        assert_eq!(read(text).unwrap(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[rstest]
    #[case::no_equals("A=1\n  canary-secret\n", "has no `=`", 6)]
    #[case::name("9A=canary", "not the name of a variable", 0)]
    #[case::open("A=\"canary", "quote is not closed", 0)]
    #[case::after("A=\"canary\" b\"", "follows the closing quote", 0)]
    fn a_mistake_has_a_place_and_shows_no_value(#[case] text: &str, #[case] says: &str, #[case] at: usize) {
        let error = read(text).unwrap_err();
        assert!(error.message().contains(says) && error.offset() == at, "{error} at {}", error.offset());
        let shown = format!("{error:?} {:?}", miette::Report::new(error.clone()));
        assert!(!shown.contains("canary") && shown.contains("staging.env"), "{shown}");
    }
}
