//! The encodings in which a value can appear: raw, base64 and hex. `view` undoes escapes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// Returns every form of a value, the raw one first. Some may be equal.
pub(super) fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![value.to_vec()];
    forms.extend(hexes(value));
    for encode in [STANDARD, URL_SAFE] {
        forms.push(encode.encode(value).into_bytes());
    }
    for encode in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        forms.push(encode.encode(value).into_bytes());
    }
    forms
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

/// Returns the value in lower-case and in upper-case hex.
pub(super) fn hexes(value: &[u8]) -> [Vec<u8>; 2] {
    [hex(value, b"0123456789abcdef"), hex(value, b"0123456789ABCDEF")]
}

fn hex(value: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    value.iter().flat_map(|byte| [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]).collect()
}
