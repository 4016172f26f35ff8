//! The lines of a file around a mistake: at most one screen of them, with hidden characters made visible.

use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::report::visible;

/// The most lines that are shown, and the most characters of a line.
const LINES: usize = 20;
const COLUMNS: usize = 160;
/// How many characters of a long line are shown before the mistake.
const BEFORE: usize = 40;

/// What is shown of a source, and the place of the mistake in it.
#[derive(Debug)]
pub(crate) struct Excerpt {
    name: String,
    text: String,
    /// The number of the first line in the file, from 0.
    line: usize,
    /// The place of the mistake in the text.
    span: Range<usize>,
    /// The place of the mistake in the file: line and column, from 0.
    place: (usize, usize),
    label: Option<String>,
}

impl Excerpt {
    /// Returns the lines around the first label. `None` without a label, or if it is outside the source.
    pub(crate) fn of(source: &dyn SourceCode, labels: &[LabeledSpan], unicode: bool) -> Option<Self> {
        let label = labels.iter().find(|label| label.primary()).or_else(|| labels.first())?;
        let exact = source.read_span(label.inner(), 0, 0).ok()?;
        let (place, name) = ((exact.line(), exact.column()), exact.name().unwrap_or_default());
        let one_line = SourceSpan::new(label.offset().into(), label.len().min(first_line(exact.as_ref(), label)));
        let span = if exact.line_count() > LINES { one_line } else { *label.inner() };
        let around = source.read_span(&span, 1, 1).ok()?;
        let data = String::from_utf8_lossy(around.data());
        let start = span.offset().checked_sub(around.span().offset())?;
        let mut cut = Cut { unicode, span: start..start + span.len(), text: String::new(), from: None, to: None };
        let mut offset = 0;
        for line in data.split_inclusive('\n') {
            cut.line(line, offset);
            offset += line.len();
        }
        let end = cut.text.len();
        let from = cut.from.unwrap_or(end);
        Some(Self {
            name: visible(name, "", unicode),
            line: around.line(),
            span: from..cut.to.unwrap_or(end).max(from),
            text: cut.text,
            place,
            label: label.label().map(|label| visible(label, "", unicode)),
        })
    }

    /// Returns the label, at its place in the excerpt.
    pub(crate) fn label(&self) -> LabeledSpan {
        LabeledSpan::new_primary_with_span(self.label.clone(), self.span.clone())
    }
}

/// Returns how many bytes of the label are in its first line.
fn first_line(contents: &dyn SpanContents<'_>, label: &LabeledSpan) -> usize {
    let data = contents.data();
    let start = label.offset().saturating_sub(contents.span().offset()).min(data.len());
    data[start..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(data.len() - start)
}

/// Cuts lines, and follows the mistake.
struct Cut {
    unicode: bool,
    /// The mistake in the uncut text.
    span: Range<usize>,
    text: String,
    from: Option<usize>,
    to: Option<usize>,
}

impl Cut {
    /// Adds one line, which begins at this offset.
    fn line(&mut self, line: &str, offset: usize) {
        let shown = line.trim_end_matches(['\n', '\r']);
        let has_mistake = (offset..=offset + shown.len()).contains(&self.span.start);
        let before = self.span.start.saturating_sub(offset).min(shown.len());
        let before = if has_mistake { shown.char_indices().take_while(|(at, _)| *at < before).count() } else { 0 };
        let is_long = shown.chars().nth(COLUMNS).is_some();
        let skipped = if is_long { before.saturating_sub(BEFORE) } else { 0 };
        if skipped > 0 {
            self.text.push_str(self.ellipsis());
        }
        let mut end = offset;
        for (at, c) in shown.char_indices().skip(skipped).take(COLUMNS) {
            self.mark(offset + at);
            let mut one = [0; 4];
            self.text.push_str(&visible(c.encode_utf8(&mut one), "\t", self.unicode));
            end = offset + at + c.len_utf8();
        }
        self.mark(end);
        if end < offset + shown.len() && !shown.is_empty() {
            // The rest of the mistake is not shown.
            if self.from.is_some() && self.to.is_none() {
                self.to = Some(self.text.len());
            }
            self.text.push_str(self.ellipsis());
        }
        if line.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn mark(&mut self, at: usize) {
        if at >= self.span.start && self.from.is_none() {
            self.from = Some(self.text.len());
        }
        if at >= self.span.end && self.to.is_none() {
            self.to = Some(self.text.len());
        }
    }

    const fn ellipsis(&self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        let is_place = before == 0 && span.offset() == self.span.start;
        let (line, column) = if is_place { self.place } else { (self.line + inner.line(), inner.column()) };
        let (data, of, count) = (inner.data(), *inner.span(), inner.line_count());
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, of, line, column, count)))
    }
}
