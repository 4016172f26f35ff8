//! Texts within a text: runs of base64, base32 and hex digits, decoded.
//!
//! A run may begin in the middle of a group, or be joined to other words. So every alignment is decoded. Only what is a
//! text is looked at: bytes of a wrong alignment hardly ever are.

use std::ops::Range;

/// A decoded text, and the range of the digits behind a range of it.
pub(super) type Visit<'v> = &'v mut dyn FnMut(&[u8], &dyn Fn(&Range<usize>) -> Range<usize>);

/// The minimum number of bytes of a decoded text.
const LEAST: usize = 8;
const LEAST_OF_BASE64: usize = 11;
/// Digits of base32 count from this many on: only tokens are searched in it, which are long.
const LEAST_OF_BASE32: usize = 24;

/// No digit.
const NONE: u8 = 0xFF;
/// The value of each digit of base64, in both alphabets (RFC 4648, sections 4 and 5).
const BASE64: [u8; 256] = {
    let mut values = values(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    (values[b'-' as usize], values[b'_' as usize]) = (62, 63);
    values
};
/// RFC 4648, section 6.
const BASE32: [u8; 256] = values(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
const HEX: [u8; 256] = {
    let mut values = values(b"0123456789abcdef");
    let mut digit = 10;
    while digit < 16 {
        values[(b'A' + digit - 10) as usize] = digit;
        digit += 1;
    }
    values
};

const fn values(alphabet: &[u8]) -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut at = 0;
    while at < alphabet.len() {
        values[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    values
}

/// Calls `visit` with each text that digits of the text encode. The text is squeezed.
pub(super) fn texts_in(text: &[u8], visit: Visit<'_>) {
    runs(text, LEAST_OF_BASE64, &BASE64, |run| {
        unlike_prose(text, run, &mut |run| every_alignment(text, &run, 6, &BASE64, visit));
    });
    runs(text, LEAST_OF_BASE32, &BASE32, |run| every_alignment(text, &run, 5, &BASE32, visit));
    separated_hex(text, visit);
}

/// Calls `each` with every longest run of at least `least` digits.
fn runs(text: &[u8], least: usize, values: &[u8; 256], mut each: impl FnMut(Range<usize>)) {
    let mut start = 0;
    for (at, byte) in text.iter().enumerate() {
        if values[usize::from(*byte)] == NONE {
            if at - start >= least {
                each(start..at);
            }
            start = at + 1;
        }
    }
    if text.len() >= start + least {
        each(start..text.len());
    }
}

/// Calls `each` with the parts of a run that are not words in lower case. Base64 has so many lower-case letters in a row
/// once in 10⁹ places.
fn unlike_prose(text: &[u8], run: Range<usize>, each: &mut dyn FnMut(Range<usize>)) {
    const LETTERS: usize = 24;
    let mut part: Option<Range<usize>> = None;
    for at in run.clone().filter(|at| !text[*at].is_ascii_lowercase()) {
        let near = at.saturating_sub(LETTERS).max(run.start)..(at + LETTERS).min(run.end);
        match part.as_mut().filter(|part| part.end >= near.start) {
            Some(part) => part.end = near.end,
            None => part.replace(near).into_iter().for_each(&mut *each),
        }
    }
    part.into_iter().filter(|part| part.len() >= LEAST_OF_BASE64).for_each(each);
}

/// Decodes a run from each of its first digits on.
fn every_alignment(text: &[u8], run: &Range<usize>, bits: usize, values: &[u8; 256], visit: Visit<'_>) {
    let group = if bits == 6 { 4 } else { 8 };
    let mut stretch = Vec::with_capacity(run.len());
    for skip in 0..group.min(run.len()) {
        let start = run.start + skip;
        let digits = text[start..run.end].iter().map(|byte| values[usize::from(*byte)]);
        let origin = |range: &Range<usize>| start + range.start * 8 / bits..start + (range.end * 8).div_ceil(bits);
        texts(digits, bits, &origin, &mut stretch, visit);
    }
}

/// Decodes pairs of hex digits: `dead`, `de:ad`, `de-ad`, `xdexad`, and in a second scan `0xde0xad`.
fn separated_hex(text: &[u8], visit: Visit<'_>) {
    hex_runs(text, separator, visit);
    if memchr::memmem::find(text, b"0x").is_some() {
        hex_runs(text, prefix, visit);
    }
}

fn hex_runs(text: &[u8], separator: fn(&[u8]) -> Option<usize>, visit: Visit<'_>) {
    let mut at = 0;
    let mut digits: Vec<u32> = Vec::with_capacity(text.len().min(64));
    while at < text.len() {
        let length = if digits.is_empty() { None } else { separator(&text[at..]) };
        if let Some(length) = length {
            at += length;
            continue;
        }
        match u32::try_from(at) {
            Ok(place) if HEX[usize::from(text[at])] != NONE => digits.push(place),
            _ if digits.is_empty() => {}
            _ => {
                hex_run(text, &digits, visit);
                digits.clear();
            }
        }
        at += 1;
    }
    hex_run(text, &digits, visit);
}

fn is_pair(rest: &[u8], at: usize) -> bool {
    rest.get(at..at + 2).is_some_and(|pair| pair.iter().all(|byte| HEX[usize::from(*byte)] != NONE))
}

/// Returns the length of what may stand between two pairs of digits.
fn separator(rest: &[u8]) -> Option<usize> {
    (matches!(rest.first()?, b':' | b'-' | b'.' | b'_' | b';' | b'x') && is_pair(rest, 1)).then_some(1)
}

/// Returns the length of a separator with the prefix `0x`.
fn prefix(rest: &[u8]) -> Option<usize> {
    let before = usize::from(matches!(rest.first()?, b':' | b'-' | b'.' | b'_' | b';'));
    (rest[before..].starts_with(b"0x") && is_pair(rest, before + 2)).then_some(before + 2)
}

fn hex_run(text: &[u8], digits: &[u32], visit: Visit<'_>) {
    if digits.len() < 2 * LEAST {
        return;
    }
    let mut stretch = Vec::with_capacity(digits.len() / 2);
    for digits in [digits, &digits[1..]] {
        let origin = |range: &Range<usize>| digits[range.start * 2] as usize..digits[range.end * 2 - 1] as usize + 1;
        texts(digits.iter().map(|at| HEX[usize::from(text[*at as usize])]), 4, &origin, &mut stretch, visit);
    }
}

/// Packs digits of this many bits into bytes, and calls `visit` with each stretch of printable ASCII, of hex also of other
/// characters. A secret with such characters is registered in its other encodings. `stretch` is empty room for them.
fn texts(
    digits: impl Iterator<Item = u8>,
    bits: usize,
    origin: &dyn Fn(&Range<usize>) -> Range<usize>,
    stretch: &mut Vec<u8>,
    visit: Visit<'_>,
) {
    let (mut held, mut count, mut at) = (0u32, 0, 0);
    let mut end = |stretch: &mut Vec<u8>, at: usize| {
        if stretch.len() >= LEAST {
            let start = at - stretch.len();
            visit(stretch, &|range| origin(&(start + range.start..start + range.end)));
        }
        stretch.clear();
    };
    for digit in digits {
        held = held << bits | u32::from(digit);
        count += bits;
        if count >= 8 {
            count -= 8;
            let byte = (held >> count & 0xFF) as u8;
            match byte {
                b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0 => stretch.push(byte),
                0x80.. if bits == 4 => stretch.push(byte),
                _ => end(stretch, at),
            }
            at += 1;
        }
    }
    end(stretch, at);
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn found(text: &str, wanted: &str) -> Option<String> {
        let mut found = None;
        texts_in(text.as_bytes(), &mut |decoded, origin| {
            if let Some(at) = memchr::memmem::find(decoded, wanted.as_bytes()) {
                found = Some(text[origin(&(at..at + wanted.len()))].to_owned());
            }
        });
        found
    }

    #[rstest]
    #[case::base64("c2VjcmV0IHRleHQ=", "c2VjcmV0IHRleHQ")]
    #[case::unpadded("=c2VjcmV0IHRleHQ.", "c2VjcmV0IHRleHQ")]
    #[case::joined("wordc2VjcmV0IHRleHRword", "c2VjcmV0IHRleHR")]
    #[case::shifted("eHNlY3JldCB0ZXh0eA==", "HNlY3JldCB0ZXh0")]
    #[case::base32("ONSWG4TFOQQHIZLYOQQGC3TE", "ONSWG4TFOQQHIZLYOQ")]
    #[case::hex("73656372657420746578742e", "7365637265742074657874")]
    #[case::odd("a7365637265742074657874", "7365637265742074657874")]
    #[case::colons("73:65:63:72:65:74:20:74:65:78:74", "73:65:63:72:65:74:20:74:65:78:74")]
    #[case::prefixed("a0x730x650x630x720x650x740x200x740x650x780x74", "730x650x630x720x650x740x200x740x650x780x74")]
    #[case::python("x73x65x63x72x65x74x20x74x65x78x74", "73x65x63x72x65x74x20x74x65x78x74")]
    fn an_encoded_text_is_found_with_its_digits(#[case] text: &str, #[case] digits: &str) {
        assert_eq!(found(text, "secret text").as_deref(), Some(digits));
    }

    #[test]
    fn prose_is_no_digits_of_a_text() {
        let mut count = 0;
        texts_in(b"thequickbrownfoxjumpsoverthelazydogandrunsaway", &mut |_, _| count += 1);
        assert_eq!(count, 0);
    }
}
