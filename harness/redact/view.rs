//! A text with its escapes undone, in which each byte knows its origin. A secret with any escaped characters
//! (percent-encoding, JSON string escapes) is found in a view.

use std::ops::Range;

use super::squeeze::kept;

/// Decoded bytes, each with its range of the original text.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    origin: Vec<Range<u32>>,
}

/// A kind of escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// `%2B`. With `plus_is_space`, `+` is a space, as in HTML forms.
    Percent { plus_is_space: bool },
    /// `\n`, `\/`, `\u002b`, and `\x2b` as Python's `repr` writes it.
    Backslash,
}

impl View {
    /// Returns the text itself as a view. Returns `None` for a text of 4 GiB or more.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let length = u32::try_from(text.len()).ok()?;
        Some(Self { bytes: text.to_vec(), origin: (0..length).map(|at| at..at + 1).collect() })
    }

    /// Returns the view with one kind of escape undone. Returns `None` when the view has no such escape.
    pub(super) fn without(&self, escape: Escape) -> Option<Self> {
        let leads: &[u8] = match escape {
            Escape::Percent { plus_is_space: false } => b"%",
            Escape::Percent { plus_is_space: true } => b"+",
            Escape::Backslash => br"\",
        };
        if !self.bytes.iter().any(|byte| leads.contains(byte)) {
            return None;
        }
        let mut out =
            Self { bytes: Vec::with_capacity(self.bytes.len()), origin: Vec::with_capacity(self.bytes.len()) };
        let mut at = 0;
        while at < self.bytes.len() {
            let (decoded, length) = decode(escape, &self.bytes[at..]);
            let origin = self.origin[at].start..self.origin[at + length - 1].end;
            for byte in decoded.as_slice() {
                out.bytes.push(*byte);
                out.origin.push(origin.clone());
            }
            at += length;
        }
        Some(out)
    }

    /// Returns the view without the bytes that may interrupt a value.
    pub(super) fn squeezed(&self) -> Self {
        let kept = kept(&self.bytes);
        let bytes = kept.iter().map(|at| self.bytes[*at]).collect();
        Self { bytes, origin: kept.into_iter().map(|at| self.origin[at].clone()).collect() }
    }

    /// Returns the range of the original text behind a range of this view.
    pub(super) fn original(&self, range: &Range<usize>) -> Range<usize> {
        self.origin[range.start].start as usize..self.origin[range.end - 1].end as usize
    }
}

/// Up to four bytes: one decoded character.
struct Decoded([u8; 4], usize);

impl Decoded {
    fn as_slice(&self) -> &[u8] {
        &self.0[..self.1]
    }

    fn byte(byte: u8) -> Self {
        Self([byte, 0, 0, 0], 1)
    }

    fn char(character: char) -> Self {
        let mut bytes = [0; 4];
        let length = character.encode_utf8(&mut bytes).len();
        Self(bytes, length)
    }
}

/// Decodes the start of `text`, which is not empty. Returns the bytes and the length of their escape.
fn decode(escape: Escape, text: &[u8]) -> (Decoded, usize) {
    let plain = (Decoded::byte(text[0]), 1);
    match (escape, text[0]) {
        (Escape::Percent { .. }, b'%') => hex(&text[1..], 2).map_or(plain, |code| (Decoded::byte(code as u8), 3)),
        (Escape::Percent { plus_is_space: true }, b'+') => (Decoded::byte(b' '), 1),
        (Escape::Backslash, b'\\') => backslash(text).unwrap_or(plain),
        _ => plain,
    }
}

fn backslash(text: &[u8]) -> Option<(Decoded, usize)> {
    let simple = |byte| Some((Decoded::byte(byte), 2));
    match text.get(1)? {
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'b' => simple(8),
        b'f' => simple(12),
        byte @ (b'"' | b'\\' | b'/' | b'\'') => simple(*byte),
        b'x' => Some((Decoded::char(char::from_u32(hex(&text[2..], 2)?)?), 4)),
        b'u' => unicode(text),
        _ => None,
    }
}

/// Decodes `\uXXXX`, or a surrogate pair of two of them.
fn unicode(text: &[u8]) -> Option<(Decoded, usize)> {
    let high = hex(&text[2..], 4)?;
    if let Some(character) = char::from_u32(high) {
        return Some((Decoded::char(character), 6));
    }
    let low = text.get(6..8).filter(|next| *next == br"\u").and_then(|_| hex(&text[8..], 4))?;
    let code = 0x1_0000 + ((high.checked_sub(0xD800)? & 0x3FF) << 10) + (low.checked_sub(0xDC00)? & 0x3FF);
    Some((Decoded::char(char::from_u32(code)?), 12))
}

fn hex(text: &[u8], digits: usize) -> Option<u32> {
    let digits = text.get(..digits)?;
    digits.iter().try_fold(0, |code, digit| Some(code * 16 + char::from(*digit).to_digit(16)?))
}
