//! Eight-byte words, by which `dictionary` and `fragments` find values in a text.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// The number of bytes of a word.
pub(super) const HEAD: usize = 8;
/// The bits for each word of an index, and of an empty index.
const BITS_EACH: usize = 16;
const BITS: usize = 1 << 15;
/// Ends a chain.
const NONE: u32 = u32::MAX;

/// Returns the word at this byte. Returns `None` near the end of the text.
pub(super) fn head_at(text: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(text.get(at..at + HEAD)?.try_into().ok()?))
}

/// Returns the text with the ASCII letters in lower case.
pub(super) fn folded(text: &[u8]) -> Vec<u8> {
    text.to_ascii_lowercase()
}

/// Values by words of theirs. A word takes about 40 bytes.
pub(super) struct Index<T> {
    seen: Seen,
    /// The last link of each word.
    last: HashMap<u64, u32, Keyed>,
    /// Each value with the link before it.
    links: Vec<(T, u32)>,
}

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self { seen: Seen::with_bits(BITS), last: HashMap::default(), links: Vec::new() }
    }
}

impl<T: Copy> Index<T> {
    pub(super) fn add(&mut self, word: u64, value: T) {
        let Ok(link) = u32::try_from(self.links.len()) else { return };
        let before = self.last.insert(word, link).unwrap_or(NONE);
        self.links.push((value, before));
        if self.last.len() * BITS_EACH > self.seen.bits() {
            self.seen = Seen::with_bits(self.seen.bits() * 4);
            self.last.keys().for_each(|word| self.seen.insert(*word));
        }
        self.seen.insert(word);
    }

    /// Returns the values of a word, the newest one first.
    pub(super) fn at(&self, word: u64) -> impl Iterator<Item = T> {
        let first = if self.seen.may_hold(word) { self.last.get(&word).copied() } else { None };
        let mut next = first.unwrap_or(NONE);
        std::iter::from_fn(move || {
            let (value, before) = self.links.get(next as usize)?;
            next = *before;
            Some(*value)
        })
    }

    /// Returns the largest number of values of one word.
    #[cfg(test)]
    pub(super) fn most_alike(&self) -> usize {
        self.last.keys().map(|word| self.at(*word).count()).max().unwrap_or(0)
    }
}

/// Bits of hashed words, which dismiss most positions of a text without a map lookup.
struct Seen(Vec<u64>);

impl Seen {
    /// Returns an empty set. The number of bits is a power of two.
    fn with_bits(bits: usize) -> Self {
        Self(vec![0; bits / 64])
    }

    fn bits(&self) -> usize {
        self.0.len() * 64
    }

    fn insert(&mut self, word: u64) {
        let (at, bit) = self.place(word);
        self.0[at] |= bit;
    }

    /// Reports whether the word may have been inserted. Never false for an inserted word.
    fn may_hold(&self, word: u64) -> bool {
        let (at, bit) = self.place(word);
        self.0[at] & bit != 0
    }

    /// Returns the bit of a word by Fibonacci hashing: the upper bits of the product.
    fn place(&self, word: u64) -> (usize, u64) {
        let hash = (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 1 >> (63 - self.bits().trailing_zeros())) as usize;
        (hash / 64, 1 << (hash % 64))
    }
}

/// Hashes words with two random keys. A server that issues tokens cannot choose words with equal hashes.
#[derive(Clone)]
struct Keyed([u64; 2]);

impl Default for Keyed {
    fn default() -> Self {
        let random = RandomState::new();
        Self([0_u64, 1].map(|key| random.hash_one(key) | 1))
    }
}

impl BuildHasher for Keyed {
    type Hasher = KeyedHasher;

    fn build_hasher(&self) -> KeyedHasher {
        KeyedHasher { keys: self.0, hash: 0 }
    }
}

struct KeyedHasher {
    keys: [u64; 2],
    hash: u64,
}

impl Hasher for KeyedHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.hash ^ word ^ self.keys[0]) * u128::from(self.keys[1]);
        self.hash = (product ^ (product >> 64)) as u64;
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_a_word_is_found_after_the_index_grew() {
        let mut index = Index::default();
        for n in 0..20_000_u32 {
            index.add(u64::from(n / 2).wrapping_mul(0x0123_4567_89AB_CDEF), n);
        }
        for n in 0..10_000_u32 {
            let word = u64::from(n).wrapping_mul(0x0123_4567_89AB_CDEF);
            assert_eq!(index.at(word).collect::<Vec<_>>(), [2 * n + 1, 2 * n]);
        }
        assert_eq!((index.at(1).count(), index.most_alike()), (0, 2));
        assert!(index.seen.bits() >= 10_000 * BITS_EACH);
    }
}
