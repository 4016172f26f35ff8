//! Which texts are alike: they differ in words with a digit only, such as ids, times and numbers.

/// Bytes of a text that are compared.
const COMPARED: usize = 240;

/// Returns a number that alike texts share.
pub(super) fn of(text: &str) -> u64 {
    let bytes = &text.as_bytes()[..text.len().min(COMPARED)];
    let (mut sum, mut word) = (Fnv::default(), Fnv::default());
    let mut has_digit = false;
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || *byte >= 0x80 {
            has_digit |= byte.is_ascii_digit();
            word.add(*byte);
            continue;
        }
        sum.add_word(word, has_digit);
        sum.add(*byte);
        (word, has_digit) = (Fnv::default(), false);
    }
    sum.add_word(word, has_digit);
    sum.0
}

/// The hash FNV-1a. A collision loses one entry of a log.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    const fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3);
    }

    const fn add_word(&mut self, word: Self, has_digit: bool) {
        let word = if has_digit { 1 } else { word.0 };
        self.0 = (self.0 ^ word).wrapping_mul(0x0100_0000_01b3);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::of;

    #[rstest]
    #[case::ids("user 7f3a refused at 12:01", "user 88b1 refused at 13:59", true)]
    #[case::words("user refused", "user accepted", false)]
    #[case::longer("user 7 refused", "user 7 refused again", false)]
    fn alike_texts_differ_in_numbers_only(#[case] one: &str, #[case] other: &str, #[case] alike: bool) {
        assert_eq!(of(one) == of(other), alike);
    }
}
