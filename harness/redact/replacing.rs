//! Puts marks into a text.

use std::ops::Range;

use super::dictionary::Found;

/// Replaces every finding by its mark. The mark of the longest finding replaces the union of overlapping ones. The
/// first of equals wins.
pub(super) fn replace(text: &[u8], mut found: Vec<Found>) -> Vec<u8> {
    found.sort_by_key(|hit| (hit.at.start, std::cmp::Reverse(hit.at.end)));
    let mut out = Vec::with_capacity(text.len());
    let mut done = 0;
    let mut hits = found.into_iter().peekable();
    while let Some(first) = hits.next() {
        let (mut union, mut longest) = (first.at.clone(), first);
        while let Some(next) = hits.next_if(|next| next.at.start < union.end) {
            union.end = union.end.max(next.at.end);
            if length(&next.at) > length(&longest.at) {
                longest = next;
            }
        }
        out.extend_from_slice(&text[done..union.start]);
        out.extend_from_slice(longest.mark.as_bytes());
        done = union.end;
    }
    out.extend_from_slice(&text[done..]);
    out
}

fn length(range: &Range<usize>) -> usize {
    range.end - range.start
}
