//! The encodings in which a secret can appear. `unescape` and `decode` find most of them in a text, at any depth. The forms
//! here also find a secret that is short, cut off, reversed, or in an encoding whose letters changed their case.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// Returns the forms of a whole value, the raw one first. Some may be equal.
pub(super) fn forms(value: &str) -> Vec<Vec<u8>> {
    let bytes = value.as_bytes();
    let mut forms = vec![bytes.to_vec(), hex(bytes)];
    for encode in [STANDARD, URL_SAFE] {
        forms.push(encode.encode(bytes).into_bytes());
    }
    for encode in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        forms.push(encode.encode(bytes).into_bytes());
    }
    if !value.is_ascii() {
        forms.extend(not_ascii(value));
    }
    forms
}

/// Returns the forms of a value with other characters than ASCII: in the other case, read as Latin-1, and as UTF-16 that was
/// read as UTF-8.
fn not_ascii(value: &str) -> Vec<Vec<u8>> {
    let latin: String = value.bytes().map(char::from).collect();
    let units = || value.encode_utf16();
    let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace('\0', "").into_bytes();
    let little = lossy(units().flat_map(u16::to_le_bytes).collect());
    let big = lossy(units().flat_map(u16::to_be_bytes).collect());
    vec![value.to_lowercase().into_bytes(), value.to_uppercase().into_bytes(), latin.into_bytes(), little, big]
}

/// Returns the base64 characters that depend only on the value, for each of the three offsets within a longer text.
pub(super) fn base64_cores(value: &[u8]) -> Vec<Vec<u8>> {
    let mut cores = Vec::with_capacity(6);
    for offset in 0..3 {
        let mut shifted = vec![0; offset];
        shifted.extend_from_slice(value);
        let (first, last) = ((offset * 8).div_ceil(6), shifted.len() * 8 / 6);
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            cores.push(engine.encode(&shifted).into_bytes()[first..last].to_vec());
        }
    }
    cores
}

/// Returns the base32 characters (RFC 4648, section 6) that depend only on the value, for each of the five offsets.
pub(super) fn base32_cores(value: &[u8]) -> Vec<Vec<u8>> {
    let bit = |bytes: &[u8], at: usize| bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
    let cores = (0..5).map(|offset| {
        let shifted = [&vec![0; offset], value].concat();
        let digits = (offset * 8).div_ceil(5)..shifted.len() * 8 / 5;
        let digit = |n: usize| (0..5).fold(0, |digit, at| digit << 1 | usize::from(bit(&shifted, n * 5 + at)));
        digits.map(|n| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[digit(n)]).collect()
    });
    cores.collect()
}

/// Returns the value in lower-case hex.
pub(super) fn hex(value: &[u8]) -> Vec<u8> {
    value.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| b"0123456789abcdef"[usize::from(digit)]).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn base32_is_that_of_rfc_4648() {
        assert_eq!(super::base32_cores(b"fooba")[0], b"MZXW6YTB");
        // "xfooba" is PBTG633CME======
        assert_eq!(super::base32_cores(b"fooba")[1], b"TG633CM");
    }
}
