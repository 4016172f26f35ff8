//! syslog, RFC 3164 and RFC 5424, and `journalctl -o short-iso`: a header with the writer's name, then the writer's line.

use std::sync::LazyLock;

use regex::Regex;

use super::journald::of_priority;
use super::{Format, Parsed, carried};
use crate::evidence::logs::values::Severity;
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::time;

pub(super) struct Syslog;

/// RFC 5424 behind the time: host, app, process, message id, structured data.
static MODERN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^ (\S+) (\S+) (\S+) (\S+) (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+) ?(?:\u{feff})?"#)
        .expect("a constant pattern")
});

/// RFC 3164 behind the time: host, tag, process.
static OLD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^ ([\w.:-]+) ([\w./@-]{1,64})(?:\[\d+\])?: ").expect("a constant pattern"));

impl Format for Syslog {
    fn name(&self) -> &'static str {
        "syslog"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        let (priority, rest) = priority(line);
        let (modern, rest) = match rest.strip_prefix("1 ").filter(|_| priority.is_some()) {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (time, rest) = time::leading(rest)?;
        let found = if modern { MODERN.captures(rest)? } else { OLD.captures(rest)? };
        // `2026-11-22 03:00:00 INFO app: x` is no syslog: a short time has a zone and a `T`, or a month.
        let is_header = modern || priority.is_some() || !line.starts_with(|first: char| first.is_ascii_digit());
        if !is_header && line.as_bytes().get(10) != Some(&b'T') {
            return None;
        }
        let name = found.get(2).map(|name| name.as_str())?;
        // `2026-11-22T03:00:00Z INFO app: x` has a level in place of the host.
        if Severity::of(&found[1]).is_some() {
            return None;
        }
        let severity = priority.and_then(|priority| of_priority(priority % 8));
        let header = Parsed { time: Some(time), writer: Writer::Named(name.into()), severity, ..Parsed::default() };
        Some(carried(header, &rest[found[0].len()..]))
    }
}

/// Takes off `<34>`.
fn priority(line: &str) -> (Option<i64>, &str) {
    let number = || line.strip_prefix('<')?.split_once('>').filter(|(digits, _)| digits.len() <= 3);
    let parsed = number().and_then(|(digits, rest)| Some((digits.parse().ok()?, rest)));
    parsed.map_or((None, line), |(priority, rest)| (Some(priority), rest))
}
