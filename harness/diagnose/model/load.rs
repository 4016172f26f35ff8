//! Reads and checks one file of the catalogue. Every mistake points at its place, inside a string too.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::diagnose::model::expression::NO_EXPRESSION;
use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault::{Fault, LogRule};
use crate::document::{ConfigError, Reading, Source, read_on, render_schema, source};
use crate::terms::Hop;

/// The hops at which a fault can lie.
const HOPS: [Hop; 8] =
    [Hop::Client, Hop::Network, Hop::Edge, Hop::Backend, Hop::BackendAuth, Hop::Auth, Hop::Data, Hop::Agents];

/// An entry and the position of its id.
pub(crate) struct Written {
    pub(crate) fault: Fault,
    pub(crate) source: Source,
    pub(crate) id: Range<usize>,
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct FaultFile {
    #[schemars(with = "Vec<Fault>")]
    fault: Vec<Spanned<Fault>>,
}

/// Returns the JSON Schema of a catalogue file (draft 7, which TOML editors read): `docs/catalogue.schema.json`.
#[must_use]
pub fn schema() -> String {
    render_schema::<FaultFile>("A catalogue file of fivewhys")
}

/// Reads the entries of a file up to the first mistake. Errors show `name`.
pub(crate) fn parse(name: &str, text: &str) -> Result<Vec<Written>, ConfigError> {
    read(name, text, check_with_expressions)
}

/// Reads the entries of a built-in file. Its regular expressions are not compiled: a test does that.
pub(crate) fn parse_built_in(name: &str, text: &str) -> Result<Vec<Written>, ConfigError> {
    read(name, text, check)
}

fn read(name: &str, text: &str, check: Check) -> Result<Vec<Written>, ConfigError> {
    let shown = source(name, text);
    let flaw = |message: &str, span: Range<usize>| {
        let span = narrowed(text, span, message);
        ConfigError::from_message(message).at(&shown, span)
    };
    let in_toml =
        |error: &toml::de::Error| with_new_form(flaw(error.message(), error.span().unwrap_or(0..0)), error.message());
    let file: FaultFile = toml::from_str(text).map_err(|error| in_toml(&error))?;
    entries(file, &shown, text, check).collect()
}

/// The keys with which earlier versions listed the outcomes of probes.
const LISTED: [&str; 5] = ["predict", "usual", "includes", "validation", "comes_and_goes"];

/// Adds the new form to an error about a key of an earlier version.
fn with_new_form(error: ConfigError, message: &str) -> ConfigError {
    let is_listed = LISTED.iter().any(|key| message.starts_with(&format!("unknown field `{key}`")));
    if !is_listed {
        return error;
    }
    error.help(
        "an entry no longer lists outcomes: it says what the fault changes, for example `does = [{ effect = \"fail\", for = \"some\" }]` in \
         `[[fault]]`. docs/users/catalogue.md has the effects",
    )
}

/// Reads a file to its end and returns the valid entries and every mistake.
pub(crate) fn parse_all(name: &str, text: &str) -> (Vec<Written>, Vec<ConfigError>) {
    let shown = source(name, text);
    let in_words = |error: &toml::de::Error| {
        let span = narrowed(text, error.span().unwrap_or(0..0), error.message());
        with_new_form(ConfigError::from_message(error.message()).at(&shown, span), error.message())
    };
    let Reading { value, mut mistakes, taken_out } = read_on::<FaultFile>(text, in_words);
    let (mut written, mut found) = (Vec::new(), Vec::new());
    let entries = |file| entries(file, &shown, text, check_with_expressions).collect::<Vec<_>>();
    for entry in value.into_iter().flat_map(entries) {
        entry.map_or_else(|mistake| found.push(mistake), |entry| written.push(entry));
    }
    mistakes.extend(Reading::<FaultFile>::own(&taken_out, found, &shown));
    (written, mistakes)
}

fn entries<'a>(
    file: FaultFile,
    shown: &'a Source,
    text: &'a str,
    check: Check,
) -> impl Iterator<Item = Result<Written, ConfigError>> + 'a {
    let flaw = |message: &str, span: Range<usize>| {
        let span = narrowed(text, span, message);
        ConfigError::from_message(message).at(shown, span)
    };
    // The span of a table covers only its header.
    let mut ends: Vec<usize> = file.fault.iter().skip(1).map(|entry| entry.span().start).collect();
    ends.push(text.len());
    let entry = move |(entry, end): (Spanned<Fault>, usize)| {
        let span = entry.span().start..end;
        let fault = entry.into_inner();
        check(&fault).map_err(|message| flaw(&message, span.clone()))?;
        let id = narrowed(text, span, &format!("`{}`", fault.id));
        Ok(Written { fault, source: Source::clone(shown), id })
    };
    file.fault.into_iter().zip(ends).map(entry)
}

/// Checks an entry and returns the message about its first mistake.
type Check = fn(&Fault) -> Result<(), String>;

/// Checks an entry as [`check`] does, and that each regular expression compiles.
fn check_with_expressions(fault: &Fault) -> Result<(), String> {
    check(fault)?;
    fault.log.iter().flat_map(LogRule::expressions).try_for_each(|one| one.compile().map(drop))
}

/// Checks what the types cannot: the hop of the id.
fn check(fault: &Fault) -> Result<(), String> {
    if fault.hop() == Hop::Unknown {
        let hop = fault.id.split('/').next().unwrap_or_default();
        return Err(fact_schema::unknown(hop, HOPS.map(Hop::as_str)));
    }
    Ok(())
}

/// Returns the place inside a value that a message is about.
/// In a regular expression it is the part that does not parse, otherwise the first word that the message quotes.
fn narrowed(text: &str, span: Range<usize>, message: &str) -> Range<usize> {
    let within = text.get(span.clone()).unwrap_or_default();
    let place = if message.starts_with(NO_EXPRESSION) { flaw_of_expression(within) } else { quoted(within, message) };
    place.map_or(span.clone(), |place| span.start + place.start..span.start + place.end)
}

fn quoted(within: &str, message: &str) -> Option<Range<usize>> {
    let word = message.split('`').nth(1).filter(|word| !word.is_empty())?;
    let part = |c: char| c.is_alphanumeric() || "-_.:/".contains(c);
    let whole = |at: usize| !within[..at].ends_with(part) && !within[at + word.len()..].starts_with(part);
    let at = within.match_indices(word).map(|(at, _)| at).find(|at| whole(*at)).or_else(|| within.find(word))?;
    Some(at..at + word.len())
}

/// Returns the part of a regular expression that does not parse. Exact in `'…'`, where no escape moves what follows.
fn flaw_of_expression(within: &str) -> Option<Range<usize>> {
    let quotes = within.len() - within.trim_start_matches(['\'', '"']).len();
    let inner = within.get(quotes..within.len().checked_sub(quotes)?)?;
    let span = match regex_syntax::Parser::new().parse(inner).err()? {
        regex_syntax::Error::Parse(error) => *error.span(),
        regex_syntax::Error::Translate(error) => *error.span(),
        _ => return None,
    };
    let (from, to) = (span.start.offset, span.end.offset.max(span.start.offset + 1).min(inner.len()));
    (from <= to).then_some(quotes + from..quotes + to)
}
