//! Plain text: a line that begins with a time or a level. The loggers that also write their name are in `plain.toml`.

use std::sync::LazyLock;

use regex::Regex;
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
    Regex::new(&format!(r#"\b({LEVEL})\b|\[([A-Za-z]{{3,9}})\]|\b(?:level|severity|lvl)["']?[=:] ?["']?([A-Za-z]+)"#))
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

static LOGGERS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let file: Loggers = toml::from_str(include_str!("plain.toml")).expect("the shipped file is read by a test");
    file.logger.iter().map(|logger| begin(&logger.begins)).collect()
});

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
    let found = LEVELS
        .captures_iter(head(rest))
        .find_map(|found| found.iter().skip(1).flatten().find_map(|word| Severity::of(word.as_str())));
    let logger = LOGGERS.iter().find_map(|logger| logger.captures(head(line))?.name("logger"));
    Some(Parsed {
        time: timed.map(|(time, _)| time),
        text: line.into(),
        severity: found,
        logger: logger.map(|name| name.as_str().into()),
        ..Parsed::default()
    })
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
        assert!(LOGGERS.len() > 5);
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
