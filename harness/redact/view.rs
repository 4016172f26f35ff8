//! A text derived from another one, in which each byte knows its origin.

use std::ops::Range;

/// Derived bytes, each with its range of the original text.
#[derive(Debug, Clone, Default)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    parts: Vec<Part>,
}

/// Bytes from `at` to the next part. If the origin has as many bytes, each stands for one byte of it. Otherwise, each stands
/// for all of it.
#[derive(Debug, Clone, Copy)]
struct Part {
    at: u32,
    start: u32,
    end: u32,
}

impl View {
    /// Returns an empty view with room for this many bytes.
    pub(super) fn with_capacity(room: usize) -> Self {
        Self { bytes: Vec::with_capacity(room), parts: Vec::new() }
    }

    /// Returns these ranges of a text, joined. Ranges outside of the text are left out.
    pub(super) fn joined(text: &[u8], ranges: &[Range<u32>]) -> Self {
        let mut view = Self::with_capacity(ranges.iter().map(Range::len).sum());
        for range in ranges {
            let at = range.start as usize..range.end as usize;
            if let Some(bytes) = text.get(at.clone()) {
                view.push(bytes, at);
            }
        }
        view
    }

    /// Adds bytes that stand for this range. Ignores bytes beyond 4 GiB.
    pub(super) fn push(&mut self, bytes: &[u8], origin: Range<usize>) {
        let at = u32::try_from(self.bytes.len());
        let (Ok(at), Ok(start), Ok(end)) = (at, u32::try_from(origin.start), u32::try_from(origin.end)) else { return };
        if bytes.is_empty() {
            return;
        }
        let is_copy = bytes.len() == origin.len();
        match self.parts.last_mut() {
            Some(last) if is_copy && last.end == start && last.end - last.start == at - last.at => last.end = end,
            _ => self.parts.push(Part { at, start, end }),
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds a range of another view.
    pub(super) fn push_part_of(&mut self, other: &Self, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let end = other.end_of_part(at).min(range.end);
            self.push(&other.bytes[at..end], other.original(&(at..end)));
            at = end;
        }
    }

    /// Returns the view without each `+`.
    pub(super) fn without_plus(&self) -> Self {
        let mut view = Self::with_capacity(self.bytes.len());
        let mut at = 0;
        for run in self.bytes.split(|byte| *byte == b'+') {
            view.push_part_of(self, at..at + run.len());
            at += run.len() + 1;
        }
        view
    }

    /// Returns the range of the original text behind a range of this view, which is not empty.
    pub(super) fn original(&self, range: &Range<usize>) -> Range<usize> {
        self.origin_of(range.start).start..self.origin_of(range.end - 1).end
    }

    /// Returns the ranges of the original text behind a range of this view, one for each piece.
    pub(super) fn originals(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let end = self.end_of_part(at).min(range.end);
            pieces.push(self.original(&(at..end)));
            at = end;
        }
        pieces
    }

    fn origin_of(&self, at: usize) -> Range<usize> {
        let part = self.part_of(at);
        let Part { at: first, start, end } = self.parts[part];
        let (start, end) = (start as usize, end as usize);
        if self.end_of_part(at) - first as usize == end - start {
            let start = start + at - first as usize;
            return start..start + 1;
        }
        start..end
    }

    fn part_of(&self, at: usize) -> usize {
        self.parts.partition_point(|part| part.at as usize <= at) - 1
    }

    fn end_of_part(&self, at: usize) -> usize {
        self.parts.get(self.part_of(at) + 1).map_or(self.bytes.len(), |next| next.at as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::View;

    #[test]
    fn each_byte_knows_its_origin() {
        let mut view = View::default();
        view.push(b"ab", 0..2);
        view.push(b"c", 2..3);
        view.push("é".as_bytes(), 3..9);
        view.push(b"de", 12..14);
        assert_eq!(view.original(&(1..3)), 1..3);
        assert_eq!((view.original(&(3..4)), view.original(&(4..6))), (3..9, 3..13));
        assert_eq!(view.originals(1..7), [1..3, 3..9, 12..14]);
        let mut other = View::default();
        other.push_part_of(&view, 2..6);
        assert_eq!((other.original(&(0..1)), other.original(&(3..4))), (2..3, 12..13));
    }
}
