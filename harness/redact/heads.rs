//! Eight-byte words, by which `dictionary` and `fragments` find values in a text.

/// The number of bytes of a word.
pub(super) const HEAD: usize = 8;
const BITS: usize = 1 << 20;

/// Returns the word at this byte. Returns `None` near the end of the text.
pub(super) fn head_at(text: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(text.get(at..at + HEAD)?.try_into().ok()?))
}

/// Returns the text with the ASCII letters in lower case.
pub(super) fn folded(text: &[u8]) -> Vec<u8> {
    text.to_ascii_lowercase()
}

/// One bit per hashed word (128 KiB), which dismisses most positions of a text without a map lookup.
pub(super) struct Seen(Vec<u64>);

impl Default for Seen {
    fn default() -> Self {
        Self(vec![0; BITS / 64])
    }
}

impl Seen {
    pub(super) fn insert(&mut self, head: u64) {
        let (word, bit) = bit_of(head);
        self.0[word] |= bit;
    }

    /// Reports whether the word may have been inserted. Never false for an inserted word.
    pub(super) fn may_hold(&self, head: u64) -> bool {
        let (word, bit) = bit_of(head);
        self.0[word] & bit != 0
    }
}

/// Returns the bit of a word by Fibonacci hashing: the upper 20 bits of the product.
fn bit_of(head: u64) -> (usize, u64) {
    let hash = (head.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as usize;
    (hash / 64, 1 << (hash % 64))
}
