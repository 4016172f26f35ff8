//! Plain text: a line that begins with a time or a level. The loggers that also write their name are in `plain.toml`.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::Deserialize;

use super::{Format, Parsed};
use crate::evidence::logs::values::Severity;
use crate::evidence::logs::values::time;

pub(super) struct Plain;

/// Bytes at the start of a line in which a level stands.
const HEAD: usize = 120;

const LEVEL: &str = r"(?:TRACE|DEBUG|INFO|NOTICE|SUCCESS|WARN(?:ING)?|ERR(?:OR)?|SEVERE|CRIT(?:ICAL)?|FATAL|PANIC|ALERT|EMERG(?:ENCY)?)";

/// A level in capitals, `[error]` or `level=error`.
static LEVELS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r#"(?-u:\b){LEVEL}(?-u:\b)|\[[A-Za-z]{{3,9}}\]|(?-u:\b)(?:level|severity|lvl)["']?[=:] ?["']?[A-Za-z]+"#
    ))
    .expect("a constant pattern")
});

/// A line that begins with its level.
static BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"^(?:\[ ?)?(?:{LEVEL}|(?i:info|warn|warning|error|debug|fatal|critical)(?:\]|:))(?:[\]:| ,\t-]|$)"
    ))
    .expect("a constant pattern")
});

#[derive(Deserialize)]
struct Loggers {
    logger: Vec<Logger>,
}

/// A logger that writes its name before the message.
#[derive(Deserialize)]
struct Logger {
    /// The product, for people.
    #[expect(dead_code, reason = "documents the entry")]
    name: String,
    begins: String,
}

/// The beginnings, as one set and each for itself: few lines have one, and a set is searched faster than its parts.
static LOGGERS: LazyLock<(RegexSet, Vec<Regex>)> = LazyLock::new(|| {
    let file: Loggers = toml::from_str(include_str!("plain.toml")).expect("the shipped file is read by a test");
    let each: Vec<Regex> = file.logger.iter().map(|logger| begin(&logger.begins)).collect();
    (RegexSet::new(each.iter().map(Regex::as_str)).expect("its parts are patterns"), each)
});

/// Returns the name of the logger that a line begins with.
fn logger(head: &str) -> Option<&str> {
    let (all, each) = &*LOGGERS;
    let found = all.matches(head).into_iter().find_map(|at| each.get(at)?.captures(head)?.name("logger"));
    found.map(|name| name.as_str())
}

/// Returns the word of a level: `error` of `[error]` and of `level="error`.
fn last_word(text: &str) -> &str {
    text.trim_end_matches(']').rsplit(|sign: char| !sign.is_ascii_alphabetic()).next().unwrap_or_default()
}

fn begin(pattern: &str) -> Regex {
    let time = r"\[?\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\]?";
    let pattern = pattern.replace("%T", time).replace("%L", LEVEL).replace("%N", r"(?P<logger>[\w.$/-]+)");
    Regex::new(&pattern).expect("the shipped file is read by a test")
}

impl Format for Plain {
    fn name(&self) -> &'static str {
        "plain text"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        read(line)
    }
}

/// Reads a line that begins with a time or a level.
pub(super) fn read(line: &str) -> Option<Parsed<'_>> {
    let timed = timed(line);
    if timed.is_none() && !BEGINS.is_match(head(line)) {
        return None;
    }
    let rest = timed.map_or(line, |(_, rest)| rest);
    let severity = LEVELS.find_iter(head(rest)).find_map(|found| Severity::of(last_word(found.as_str())));
    let logger = logger(head(line)).map(Into::into);
    let time = timed.map(|(time, _)| time);
    Some(Parsed { time, text: line.into(), severity, logger, ..Parsed::default() })
}

/// Reads the time at the start of a line, also behind a bracket or Ruby's `I, [`.
fn timed(line: &str) -> Option<(jiff::Timestamp, &str)> {
    let bytes = line.as_bytes();
    let start = match bytes {
        [b'[', ..] => 1,
        [b'A'..=b'Z', b',', b' ', b'[', ..] => 4,
        _ => 0,
    };
    time::leading(line.get(start..)?)
}

fn head(line: &str) -> &str {
    let mut end = line.len().min(HEAD);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_table_of_loggers_is_read() {
        assert!(LOGGERS.1.len() > 5);
    }

    #[rstest]
    #[case::python("2026-11-22 03:00:00,123 - app.auth - ERROR - x", Some(Severity::Error), Some("app.auth"))]
    #[case::python_default("WARNING:app.auth:x", Some(Severity::Warning), Some("app.auth"))]
    #[case::loguru(
        "2026-11-22 03:00:00.123 | INFO     | app.auth:check:42 - x",
        Some(Severity::Info),
        Some("app.auth")
    )]
    #[case::spring(
        "2026-11-22T03:00:00.123Z ERROR 7 --- [main] c.e.Auth   : x",
        Some(Severity::Error),
        Some("c.e.Auth")
    )]
    #[case::logback("2026-11-22 03:00:00,123 [http-1] WARN  c.e.Auth - x", Some(Severity::Warning), Some("c.e.Auth"))]
    #[case::rails("E, [2026-11-22T03:00:00.123456 #7] ERROR -- : x", Some(Severity::Error), None)]
    #[case::go("2026/11/22 03:00:00 main.go:7: x", None, Some("main"))]
    #[case::bracket("[2026-11-22 03:00:00] [error] x", Some(Severity::Error), None)]
    #[case::level_only("INFO:     Application startup complete.", Some(Severity::Info), None)]
    fn a_line_says_its_level_and_its_logger(
        #[case] line: &str,
        #[case] severity: Option<Severity>,
        #[case] logger: Option<&str>,
    ) {
        let parsed = read(line).expect("an entry");
        assert_eq!((parsed.severity, parsed.logger.as_deref()), (severity, logger));
    }

    #[rstest]
    #[case("  File \"x.py\", line 3, in y")]
    #[case("ValueError: x")]
    #[case("Information about nothing")]
    fn a_line_without_time_and_level_is_none(#[case] line: &str) {
        assert_eq!(read(line), None);
    }
}
