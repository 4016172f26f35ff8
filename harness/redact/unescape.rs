//! The normal form of a text: every escape undone, also one within the other.
//!
//! A secret is registered in its normal form too. A text that holds the secret with any of its characters escaped, in any
//! mixture, holds the normal form of the secret in its own normal form.

use std::ops::Range;

use super::view::View;

/// How often escapes of escapes are undone.
const PASSES: usize = 6;
/// The named character references that HTML escapers write (WHATWG HTML, 13.5).
const NAMED: [(&[u8], u8); 5] = [(b"amp;", b'&'), (b"lt;", b'<'), (b"gt;", b'>'), (b"quot;", b'"'), (b"apos;", b'\'')];

/// Returns the text without escapes. Returns `None` if it has none. Removes NUL, which UTF-16 has after each ASCII
/// character.
pub(super) fn normal(text: &[u8]) -> Option<View> {
    let mut last = None;
    each(text, &mut |view, _| last = Some(view.clone()));
    last
}

/// Calls `visit` with the text after each pass over its escapes, and with whether it was the last one.
pub(super) fn each(text: &[u8], visit: &mut dyn FnMut(&View, bool)) {
    let mut next = pass(text, None);
    let mut passes = 1;
    while let Some(view) = next {
        next = if passes < PASSES { pass(&view.bytes, Some(&view)) } else { None };
        passes += 1;
        visit(&view, next.is_none());
    }
}

/// Undoes the escapes of a text, which may be derived from another one. Returns `None` if it has none.
fn pass(text: &[u8], from: Option<&View>) -> Option<View> {
    let mut out: Option<View> = None;
    let (mut at, mut done) = (0, 0);
    while let Some(lead) = next_lead(text, at) {
        let Some((decoded, length)) = decode(&text[lead..]) else {
            at = lead + 1;
            continue;
        };
        let out = out.get_or_insert_with(|| View::with_capacity(text.len()));
        copy(out, text, from, done..lead);
        out.push(decoded.as_slice(), from.map_or(lead..lead + length, |from| from.original(&(lead..lead + length))));
        at = lead + length;
        done = at;
    }
    let mut out = out?;
    copy(&mut out, text, from, done..text.len());
    Some(out)
}

/// Returns the next byte that may begin an escape.
fn next_lead(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let lead = memchr::memchr3(b'%', b'\\', b'&', rest);
    let nul = memchr::memchr(0, &rest[..lead.unwrap_or(rest.len())]);
    nul.or(lead).map(|lead| at + lead)
}

fn copy(out: &mut View, text: &[u8], from: Option<&View>, range: Range<usize>) {
    match from {
        Some(from) => out.push_part_of(from, range),
        None => out.push(&text[range.clone()], range),
    }
}

/// Up to four bytes: one decoded character, or nothing.
struct Decoded([u8; 4], usize);

impl Decoded {
    fn as_slice(&self) -> &[u8] {
        &self.0[..self.1]
    }

    fn byte(byte: u8) -> Self {
        Self([byte, 0, 0, 0], 1)
    }

    fn char(code: u32) -> Option<Self> {
        let mut bytes = [0; 4];
        let length = char::from_u32(code)?.encode_utf8(&mut bytes).len();
        Some(Self(bytes, length))
    }
}

/// Decodes the escape at the start of `text`, which is not empty. Returns its bytes and its length.
fn decode(text: &[u8]) -> Option<(Decoded, usize)> {
    match text[0] {
        b'%' => digits(&text[1..], 2, 16).map(|code| (Decoded::byte(code as u8), 3)),
        b'\\' => backslash(text),
        b'&' => reference(text),
        0 => Some((Decoded([0; 4], 0), 1)),
        _ => None,
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
        b'x' => Some((Decoded::char(digits(&text[2..], 2, 16)?)?, 4)),
        b'u' if text.get(2) == Some(&b'{') => {
            until(b'}', &text[3..], 16).and_then(|(code, length)| Some((Decoded::char(code)?, length + 3)))
        }
        b'u' => unicode(text),
        _ => None,
    }
}

/// Decodes `\uXXXX`, or a surrogate pair of two of them.
fn unicode(text: &[u8]) -> Option<(Decoded, usize)> {
    let high = digits(&text[2..], 4, 16)?;
    if let Some(character) = Decoded::char(high) {
        return Some((character, 6));
    }
    let low = text.get(6..8).filter(|next| *next == br"\u").and_then(|_| digits(&text[8..], 4, 16))?;
    let code = 0x1_0000 + ((high.checked_sub(0xD800)? & 0x3FF) << 10) + (low.checked_sub(0xDC00)? & 0x3FF);
    Some((Decoded::char(code)?, 12))
}

/// Decodes `&#65;`, `&#x41;` or a named reference.
fn reference(text: &[u8]) -> Option<(Decoded, usize)> {
    if let Some((name, byte)) = NAMED.iter().find(|(name, _)| text[1..].starts_with(name)) {
        return Some((Decoded::byte(*byte), name.len() + 1));
    }
    let number = text.get(1..).filter(|rest| rest.first() == Some(&b'#'))?;
    let (code, length) = match number.get(1)? {
        b'x' | b'X' => until(b';', &number[2..], 16).map(|(code, length)| (code, length + 3))?,
        _ => until(b';', &number[1..], 10).map(|(code, length)| (code, length + 2))?,
    };
    Some((Decoded::char(code)?, length))
}

/// Reads a number of at most eight digits and the byte after it. Returns its value and the length of both.
fn until(end: u8, text: &[u8], radix: u32) -> Option<(u32, usize)> {
    let count = text.iter().take(8).take_while(|digit| char::from(**digit).is_digit(radix)).count();
    let closed = count > 0 && text.get(count) == Some(&end);
    closed.then(|| digits(text, count, radix)).flatten().map(|code| (code, count + 1))
}

fn digits(text: &[u8], count: usize, radix: u32) -> Option<u32> {
    let digits = text.get(..count)?;
    digits
        .iter()
        .try_fold(0u32, |code, digit| code.checked_mul(radix)?.checked_add(char::from(*digit).to_digit(radix)?))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::percent("a%2Bb%c3%a9", "a+bé")]
    #[case::percent_twice("a%252Bb", "a+b")]
    #[case::json(r#"a\u002bb\/\"\ud83e\udd80"#, "a+b/\"🦀")]
    #[case::json_in_json(r"a\\u0041\\n", "aA\n")]
    #[case::entities("a&#65;&#x42;&amp;&lt;&amp;#67;", "aAB&<C")]
    #[case::braces(r"\u{41}\u{1f980}", "A🦀")]
    #[case::repr(r"\x41b", "Ab")]
    #[case::mixed(r"%5Cu0041&#37;41", "AA")]
    #[case::utf_16("a\0b\0", "ab")]
    fn escapes_are_undone(#[case] text: &str, #[case] plain: &str) {
        assert_eq!(String::from_utf8(normal(text.as_bytes()).unwrap().bytes).unwrap(), plain);
    }

    #[rstest]
    #[case("100 % of it")]
    #[case("a & b; &#; &#xzz; &nothing;")]
    #[case(r"C:\dir \u12")]
    #[case("")]
    fn a_text_without_escapes_stays(#[case] text: &str) {
        assert!(normal(text.as_bytes()).is_none());
    }

    #[test]
    fn a_byte_knows_the_whole_escape() {
        let view = normal(b"x%2541y").unwrap();
        assert_eq!((view.bytes.as_slice(), view.original(&(1..2)), view.original(&(2..3))), (&b"xAy"[..], 1..6, 6..7));
    }
}
