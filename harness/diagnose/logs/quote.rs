//! Log lines in the words of a report.

use crate::evidence::LogEntry;
use crate::terms::Hop;

/// Characters of a line that are quoted.
const QUOTED: usize = 160;
/// Characters before the matched part that are quoted, where the line is longer.
const BEFORE: usize = 40;

/// Returns an entry in words: which log, when, and the line of its text that holds this byte.
pub(crate) fn describe(entry: &LogEntry, matched: usize) -> String {
    format!("{}: {}", log_and_time(entry), quoted(&entry.text, matched))
}

/// Returns which log an entry is of, and its time: `the backend's log at 12:01:07.311Z`.
pub(crate) fn log_and_time(entry: &LogEntry) -> String {
    let who = match entry.by {
        Hop::Auth => "the auth service's log",
        Hop::Backend => "the backend's log",
        _ => "the platform's log",
    };
    match entry.line {
        Some(line) if !entry.timed => format!("{who}, line {line}"),
        _ => format!("{who} at {}", entry.at.strftime("%H:%M:%S%.3fZ")),
    }
}

/// Quotes the line of a text that holds this byte: from its start, or from shortly before the byte where that would be
/// cut off.
pub(crate) fn quoted(text: &str, matched: usize) -> String {
    let before = text.get(..matched).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let before = before[start..].chars().count();
    let skipped = if before + BEFORE > QUOTED { before.saturating_sub(BEFORE) } else { 0 };
    let dots = if skipped > 0 { "…" } else { "" };
    let text: String = line.chars().skip(skipped).take(QUOTED).collect();
    format!("{dots}{text}")
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_long_line_is_quoted_around_its_matched_part() {
        let text = format!("{}token refused: clock", "x".repeat(400));
        let quoted = quoted(&text, 400);
        assert!(quoted.ends_with("token refused: clock"), "{quoted}");
        assert!(quoted.contains("…xxx"), "{quoted}");
    }

    #[test]
    fn a_short_line_is_quoted_from_its_start() {
        assert_eq!(quoted("short: refused", 7), "short: refused");
    }

    #[test]
    fn the_line_of_the_matched_part_is_quoted() {
        let text = "Traceback\n  File x\nValueError: ü is refused\nend";
        assert_eq!(quoted(text, text.find("refused").expect("it is there")), "ValueError: ü is refused");
        assert_eq!(quoted(text, 0), "Traceback");
    }
}
