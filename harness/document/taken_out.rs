//! Blanks wrong parts of a TOML text with as many spaces as bytes. The rest can then be read, and every offset stays
//! the same.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A text with its wrong parts blanked, and the places of these parts.
pub(crate) struct TakenOut {
    /// The original text.
    written: String,
    text: String,
    headers: Vec<Range<usize>>,
    pieces: Vec<Piece>,
}

struct Piece {
    span: Range<usize>,
    /// The key, or the last part of the table's header.
    name: String,
    /// Whether it was one table of an array, such as a step or a fault. Other parts may refer to it.
    one_of_many: bool,
}

impl TakenOut {
    /// Starts with the whole text.
    pub(crate) fn of(text: &str) -> Self {
        let mut headers = Vec::new();
        if let Ok(table) = DeTable::parse(text) {
            collect_headers(table.get_ref(), text, &mut headers);
        }
        headers.sort_by_key(|header| header.start);
        Self { written: text.to_owned(), text: text.to_owned(), headers, pieces: Vec::new() }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Blanks the smallest entry around a place, or else the table whose header holds it. Returns false when there is
    /// neither.
    pub(crate) fn take(&mut self, at: &Range<usize>) -> bool {
        let entry = DeTable::parse(&self.text).ok().and_then(|table| smallest(table.get_ref(), at, &self.text));
        let (name, span, table) = match entry {
            Some((key, span)) => (key, with_its_comma(&self.text, span), false),
            None => match self.header_at(at) {
                Some(header) => (self.path(header), self.region(header), true),
                None => return false,
            },
        };
        let name = if table { name.rsplit('.').next().unwrap_or_default().to_owned() } else { name };
        let one_of_many = table && self.text[span.clone()].starts_with("[[");
        let piece = Piece { span, name, one_of_many };
        let blank: String = self.text[piece.span.clone()].chars().flat_map(blank).collect();
        self.text.replace_range(piece.span.clone(), &blank);
        self.pieces.push(piece);
        true
    }

    /// Reports whether this key of the table at this place was blanked, so that it is not really missing.
    pub(crate) fn took_key(&self, key: &str, table: &Range<usize>) -> bool {
        let within = self.header_at(table).map_or(table.clone(), |header| self.region(header));
        let is_it = |piece: &Piece| piece.name == key && within.contains(&piece.span.start);
        self.pieces.iter().any(is_it)
    }

    /// Reports whether the table around a place, with its subtables, is complete, and no part that it may refer to was
    /// blanked.
    pub(crate) fn is_whole_around(&self, at: usize) -> bool {
        let header = self.headers.iter().rposition(|header| header.start <= at);
        let top = 0..self.headers.first().map_or(self.text.len(), |header| header.start);
        let region = header.map_or(top, |header| self.region(header));
        self.pieces.iter().all(|piece| !piece.one_of_many && !region.contains(&piece.span.start))
    }

    fn header_at(&self, at: &Range<usize>) -> Option<usize> {
        self.headers.iter().position(|header| header.start <= at.start && at.end <= header.end)
    }

    /// Returns the range from a header to the next header that is not of a subtable.
    fn region(&self, header: usize) -> Range<usize> {
        let under = self.path(header) + ".";
        let after = (header + 1..self.headers.len()).find(|next| !self.path(*next).starts_with(&under));
        self.headers[header].start..after.map_or(self.text.len(), |next| self.headers[next].start)
    }

    fn path(&self, header: usize) -> String {
        self.written[self.headers[header].clone()].trim_matches(['[', ']', ' ']).to_owned()
    }
}

/// Returns as many spaces as the character has bytes. Keeps line breaks.
fn blank(character: char) -> impl Iterator<Item = char> {
    let (with, times) = if matches!(character, '\n' | '\r') { (character, 1) } else { (' ', character.len_utf8()) };
    std::iter::repeat_n(with, times)
}

fn collect_headers(table: &DeTable<'_>, text: &str, headers: &mut Vec<Range<usize>>) {
    let values = table.iter().map(|(_, value)| value);
    let mut left: Vec<&Spanned<DeValue<'_>>> = values.collect();
    while let Some(value) = left.pop() {
        match value.get_ref() {
            DeValue::Table(table) => {
                headers.extend(Some(value.span()).filter(|span| is_header(text, span)));
                left.extend(table.iter().map(|(_, value)| value));
            }
            DeValue::Array(all) => left.extend(all.iter()),
            _ => {}
        }
    }
}

/// Reports whether a span is a table header. The span of a table under a header is that header.
fn is_header(text: &str, span: &Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|text| text.starts_with('['))
}

/// Returns the innermost `key = value` around a place.
fn smallest(table: &DeTable<'_>, at: &Range<usize>, text: &str) -> Option<(String, Range<usize>)> {
    table.iter().find_map(|(key, value)| {
        if let Some(deeper) = deeper(value.get_ref(), at, text) {
            return Some(deeper);
        }
        let whole = key.span().start..value.span().end;
        let of_tables = matches!(value.get_ref(), DeValue::Array(all)
            if all.iter().any(|one| matches!(one.get_ref(), DeValue::Table(_)) && is_header(text, &one.span())));
        let by_header = matches!(value.get_ref(), DeValue::Table(_)) && is_header(text, &value.span());
        let around = whole.start <= at.start && at.end <= whole.end;
        let entry = around && !of_tables && !by_header && key.span().end <= value.span().start;
        entry.then(|| (key.get_ref().to_string(), dotted(text, whole.start)..whole.end))
    })
}

fn deeper(value: &DeValue<'_>, at: &Range<usize>, text: &str) -> Option<(String, Range<usize>)> {
    match value {
        DeValue::Table(table) => smallest(table, at, text),
        DeValue::Array(all) => all.iter().find_map(|one| deeper(one.get_ref(), at, text)),
        _ => None,
    }
}

/// Returns the start of a dotted key whose last part begins here.
fn dotted(text: &str, start: usize) -> usize {
    let before = text[..start].trim_end_matches([' ', '\t']);
    if !before.ends_with('.') {
        return start;
    }
    let from = before.rfind(['\n', '{', ',']).map_or(0, |at| at + 1);
    from + (text[from..start].len() - text[from..start].trim_start().len())
}

/// Adds to an entry of an inline table the comma that would be left over.
fn with_its_comma(text: &str, span: Range<usize>) -> Range<usize> {
    let after = text[span.end..].trim_start();
    let before = text[..span.start].trim_end();
    if after.starts_with(',') {
        span.start..text.len() - after.len() + 1
    } else if before.ends_with(',') && after.starts_with('}') {
        before.len() - 1..span.end
    } else {
        span
    }
}

#[cfg(test)]
mod tests {
    use super::TakenOut;

    fn without(text: &str, word: &str) -> Option<String> {
        let at = text.find(word).expect("the word");
        let mut taken = TakenOut::of(text);
        taken.take(&(at..at + word.len())).then(|| {
            assert_eq!(taken.text().len(), text.len(), "every offset stays the same");
            let left: Vec<&str> = taken.text().split_whitespace().collect();
            toml::from_str::<toml::Table>(taken.text()).expect("still TOML");
            left.join(" ")
        })
    }

    #[rstest::rstest]
    #[case::entry("a = 1\nb = 2\n", "2", "a = 1")]
    #[case::first_of_an_inline_table("t = { a = 1, b = 2 }", "a", "t = { b = 2 }")]
    #[case::last_of_an_inline_table("t = { a = 1, b = 2 }", "2", "t = { a = 1 }")]
    #[case::dotted("[t]\nx.\"y.z\".a = 1\nb = 2\n", "1", "[t] b = 2")]
    #[case::in_a_list("l = [{ a = 1, b = 2 }, { a = 3 }]", "3", "l = [{ a = 1, b = 2 }, { }]")]
    #[case::table("[[f]]\na = 1\n[f.m]\nb = 1\n[[f]]\na = 2\n", "[[f]]", "[[f]] a = 2")]
    #[case::not_ascii("a = \"ü\"\nb = 1\n", "ü", "b = 1")]
    fn the_smallest_part_around_a_place_is_blanked(#[case] text: &str, #[case] at: &str, #[case] left: &str) {
        assert_eq!(without(text, at).as_deref(), Some(left));
    }

    #[test]
    fn a_comment_cannot_be_blanked() {
        assert_eq!(without("# a word\na = 1\n", "word"), None);
    }
}
