//! An entry before its writer is known. It is not redacted yet.

use jiff::Timestamp;

use super::format::{Asked, Parsed};
use super::values::Severity;
use super::values::ids;
use crate::terms::Hop;

/// The maximum number of characters kept of one entry's text.
pub(super) const TEXT: usize = 2000;
/// Characters that are kept until the text is redacted, so that no secret is cut in two.
const UNTIL_CLEAN: usize = TEXT + 600;
/// The maximum size of the lines that continue an entry, in bytes.
const JOINED: usize = 64 << 10;

/// What is known of the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Hop(Hop),
    /// A name in the table of the log's names.
    Name(usize),
    /// The platform, about the service of this name.
    Platform(usize),
    /// Nothing names it.
    Nobody,
}

/// An entry whose writer is not known yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// `None`: neither the entry nor one before it has a time.
    pub(super) at: Option<Timestamp>,
    pub(super) by: By,
    pub(super) text: String,
    pub(super) severity: Option<Severity>,
    pub(super) request: Option<Asked<'static>>,
    pub(super) trace: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) logger: Option<String>,
    pub(super) revision: Option<String>,
    pub(super) line: u64,
    /// Alike entries that were left out in favour of this one.
    pub(super) left_out: u64,
}

impl Draft {
    pub(super) fn new(line: u64, by: By, at: Option<Timestamp>, parsed: Parsed<'_>) -> Self {
        let id = |id: &str| ids::plain(id).map(str::to_owned);
        Self {
            at,
            by,
            text: bounded(&parsed.text, UNTIL_CLEAN),
            severity: parsed.severity,
            request: parsed.request.map(Asked::into_owned),
            trace: parsed.trace.as_deref().and_then(ids::trace),
            request_id: parsed.request_id.as_deref().and_then(id),
            logger: parsed.logger.as_deref().map(|logger| logger.chars().take(120).collect()),
            revision: parsed.revision.map(|revision| revision.chars().take(120).collect()),
            line,
            left_out: 0,
        }
    }

    /// Adds a line that continues the text.
    pub(super) fn join(&mut self, line: &str) {
        if self.text.len() + line.len() < JOINED {
            self.text.push('\n');
            self.text.push_str(line);
        }
    }

    /// Cuts the text to what is kept. Of many lines, the first and the last ones stay: the last line of a traceback
    /// names the error.
    pub(super) fn close(&mut self) {
        if self.text.len() > UNTIL_CLEAN {
            self.text = bounded(&self.text, UNTIL_CLEAN);
        }
    }

    /// Reports whether something went wrong.
    pub(super) fn is_bad(&self) -> bool {
        self.severity >= Some(Severity::Warning) || self.request.as_ref().is_some_and(|request| request.status >= 400)
    }

    /// Returns the size in memory, in bytes, about.
    pub(super) fn size(&self) -> usize {
        let request = self.request.as_ref().map_or(0, |request| request.url.len() + request.user_agent.len() + 32);
        size_of::<Self>() + self.text.len() + request + 96
    }
}

/// Cuts a text to this many characters. Of many lines, the first and the last ones stay.
pub(super) fn bounded(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let head_of = |most: usize| text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end]);
    let (whole, head) = (head_of(most), head_of(most / 3));
    let start = text.char_indices().rev().nth(most / 2).map_or(0, |(start, _)| start);
    match (head.rfind('\n'), text[start..].find('\n')) {
        (Some(end), Some(from)) if end < start + from && whole.len() < text.len() => {
            format!("{}\n…{}", &head[..end], &text[start + from..])
        }
        _ => whole.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_traceback_the_first_and_the_last_lines_stay() {
        let text = format!("ERROR x\nTraceback\n{}\nValueError: 7", "  File x\n".repeat(2000));
        let cut = bounded(&text, UNTIL_CLEAN);
        assert!(cut.starts_with("ERROR x\nTraceback\n") && cut.ends_with("ValueError: 7"), "{cut}");
        assert!(cut.chars().count() <= UNTIL_CLEAN, "{}", cut.len());
        assert_eq!(bounded(&"é".repeat(9000), UNTIL_CLEAN).chars().count(), UNTIL_CLEAN);
    }
}
