//! The lines of a text, found once.

/// The places of the line breaks of a text.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    /// Returns the line of a byte of the text, counted from 1.
    pub(super) fn line_of(&self, at: usize) -> usize {
        1 + self.0.partition_point(|end| *end < at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Lines;

    proptest! {
        #[test]
        fn a_line_is_one_more_than_the_line_breaks_before(text in "[a\n]{0,40}", at in 0_usize..50) {
            let counted = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
            prop_assert_eq!(Lines::of(&text).line_of(at), counted);
        }
    }
}
