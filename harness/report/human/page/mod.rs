//! Lays text out in columns and keeps every line within the width.
//!
//! Start at [`Page`].
//!
//! - `text`: a piece of text, cleaned when it is made and painted when it is written
//!
//! Invariant: this folder knows no report.

pub(crate) mod text;

use std::mem::take;

use crate::report::format::Style;
use crate::report::human::page::text::{Ink, Paint, Text};

/// Columns between neighbours.
const GAP: usize = 2;
/// Narrower terminals get lines of this width: below it the labels would fill the line.
const NARROWEST: usize = 40;
/// Wider terminals are not filled: very long lines are hard to read.
const WIDEST: usize = 140;
/// From this width on, evidence stands in a column to the right of its claim.
const TWO_COLUMNS: usize = 100;

/// The text that has been written so far.
#[derive(Debug)]
pub(crate) struct Page {
    width: usize,
    colour: bool,
    ink: Ink,
    has_flags: bool,
    out: String,
}

impl Page {
    pub(crate) fn new(style: &Style) -> Self {
        let width = style.width.clamp(NARROWEST, WIDEST);
        let ink = Ink { unicode: style.unicode };
        Self { width, colour: style.colour, ink, has_flags: style.has_flags, out: String::new() }
    }

    /// Returns what shows all of a list that is cut.
    pub(crate) const fn lists_all(&self) -> &'static str {
        if self.has_flags { "-v lists all" } else { "the JSON report lists all" }
    }

    pub(crate) const fn ink(&self) -> Ink {
        self.ink
    }

    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Begins a section with an empty line, except at the top and after an empty section.
    pub(crate) fn section(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Writes a text on lines of its own. Writes nothing for an empty text.
    pub(crate) fn paragraph(&mut self, indent: usize, text: &Text) {
        if text.is_empty() {
            return;
        }
        for piece in text.wrap(self.width - indent) {
            self.line(vec![(indent, piece)]);
        }
    }

    /// Writes short labels, then segments next to one another. A segment that does not fit begins a new line, below the first segment.
    pub(crate) fn row(&mut self, indent: usize, labels: impl IntoIterator<Item = Text>, segments: &[Text]) {
        let mut line = Vec::new();
        let mut column = indent;
        for label in labels {
            let end = column + label.span() + GAP;
            line.push((column, label));
            column = end;
        }
        let hang = column;
        for segment in segments.iter().filter(|segment| !segment.is_empty()) {
            if column > hang && column + segment.width() > self.width {
                self.line(take(&mut line));
                column = hang;
            }
            let mut pieces = segment.wrap(self.width.saturating_sub(hang)).into_iter().peekable();
            while let Some(piece) = pieces.next() {
                let end = column + piece.span() + GAP;
                line.push((column, piece));
                column = end;
                if pieces.peek().is_some() {
                    self.line(take(&mut line));
                    column = hang;
                }
            }
        }
        self.line(line);
    }

    /// Writes a text at the left and a word at the right edge.
    pub(crate) fn edges(&mut self, indent: usize, left: &Text, right: Text) {
        let at = self.width - right.width();
        let mut right = Some(right);
        for piece in left.wrap(at - GAP - indent) {
            let mut line = vec![(indent, piece)];
            line.extend(right.take().map(|word| (at, word)));
            self.line(line);
        }
    }

    /// Writes claims with their evidence: in a column to the right on a wide page, below the claim on a narrow page.
    pub(crate) fn claims(&mut self, indent: usize, label: &str, claims: &[(Text, Vec<Text>)]) {
        let left = indent + label.len() + GAP;
        let longest = claims.iter().map(|(claim, _)| claim.width()).max().unwrap_or(0);
        let column = longest.min((self.width - left) * 9 / 20);
        for (claim, evidence) in claims {
            let label = self.ink.text(Paint::Faint, label);
            if self.width < TWO_COLUMNS {
                self.row(indent, [label], std::slice::from_ref(claim));
                evidence.iter().for_each(|proof| self.paragraph(left + GAP, proof));
            } else {
                self.beside((indent, label), (left, claim.wrap(column)), (left + column + GAP, evidence));
            }
        }
    }

    fn beside(&mut self, label: (usize, Text), (left, claim): (usize, Vec<Text>), (right, evidence): (usize, &[Text])) {
        let proofs: Vec<Text> = evidence.iter().flat_map(|proof| proof.wrap(self.width - right)).collect();
        let mut label = Some(label);
        for n in 0..claim.len().max(proofs.len()) {
            let mut line: Vec<_> = label.take().into_iter().collect();
            line.extend(claim.get(n).map(|text| (left, text.clone())));
            line.extend(proofs.get(n).map(|text| (right, text.clone())));
            self.line(line);
        }
    }

    fn line(&mut self, texts: Vec<(usize, Text)>) {
        let mut column = 0;
        for (at, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
            // A command or URL may reach into the next column.
            let at = if column > 0 { (*at).max(column + 1) } else { *at };
            self.out.push_str(&" ".repeat(at - column));
            text.write(&mut self.out, self.colour);
            column = at + text.width();
        }
        self.out.push('\n');
    }
}
