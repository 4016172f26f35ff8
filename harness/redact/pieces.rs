//! Which pieces of a stream make up one text. Language models send an answer in pieces of a few characters.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

/// The nesting of JSON that is followed.
const DEEPEST: usize = 64;

/// The ranges of a text that make up one text.
pub(super) type Group = Vec<Range<u32>>;

/// Returns the groups of these pieces: the pieces themselves, and for each path of JSON the strings at this path.
pub(super) fn groups(text: &[u8], pieces: &[Range<u32>]) -> Vec<Group> {
    let mut at_path: HashMap<u64, Group> = HashMap::new();
    for piece in pieces {
        let Some(bytes) = text.get(piece.start as usize..piece.end as usize) else { continue };
        if matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')) {
            strings(bytes, &mut |path, at| {
                let place = |at: usize| piece.start + u32::try_from(at).unwrap_or(u32::MAX - piece.start);
                at_path.entry(path).or_default().push(place(at.start)..place(at.end));
            });
        }
    }
    let mut groups: Vec<Group> = at_path.into_values().collect();
    groups.push(pieces.to_vec());
    groups.retain(|group| group.len() > 1);
    groups.sort_unstable_by_key(|group| group.first().map(|first| (first.start, first.end)));
    groups
}

/// Returns the lines of a stream that was read as a body: what follows `data:`, or lines of JSON.
pub(super) fn lines(text: &[u8]) -> Vec<Range<u32>> {
    let (mut lines, mut at) = (Vec::new(), 0u32);
    for line in text.split(|byte| *byte == b'\n') {
        let Ok(length) = u32::try_from(line.len()) else { return Vec::new() };
        let is_data = line.strip_prefix(b"data:").map(|data| if data.first() == Some(&b' ') { 6 } else { 5 });
        let end = at + length - u32::from(line.last() == Some(&b'\r'));
        match is_data {
            Some(skip) => lines.push((at + skip).min(end)..end),
            None if line.first() == Some(&b'{') => lines.push(at..end),
            None => {}
        }
        at += length + 1;
    }
    lines
}

/// Calls `each` with the path and the range of every string value, without its quotes. An index is no part of a path.
fn strings(json: &[u8], each: &mut dyn FnMut(u64, Range<usize>)) {
    let mut paths: Vec<u64> = vec![0];
    let (mut key, mut at) = (None, 0);
    while at < json.len() {
        match json[at] {
            b'{' | b'[' if paths.len() < DEEPEST => paths.push(child(&paths, key.take())),
            b'}' | b']' if paths.len() > 1 => drop(paths.pop()),
            b',' => key = None,
            b'"' => {
                let end = end_of_string(json, at + 1);
                let is_key = json[end..].iter().skip(1).find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                match is_key {
                    true => key = Some(&json[at + 1..end]),
                    false => each(child(&paths, key), at + 1..end),
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
}

fn child(paths: &[u64], key: Option<&[u8]>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (paths.last(), key).hash(&mut hasher);
    hasher.finish()
}

fn end_of_string(json: &[u8], mut at: usize) -> usize {
    while at < json.len() && json[at] != b'"' {
        at += if json[at] == b'\\' { 2 } else { 1 };
    }
    at.min(json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(pieces: &[&str]) -> Vec<String> {
        let text = pieces.join("\n");
        let mut at = 0;
        let ranges = pieces.iter().map(|piece| {
            let range = at..at + piece.len() as u32;
            at = range.end + 1;
            range
        });
        let ranges: Vec<Range<u32>> = ranges.collect();
        let groups = groups(text.as_bytes(), &ranges);
        groups.iter().map(|group| group.iter().map(|at| &text[at.start as usize..at.end as usize]).collect()).collect()
    }

    #[test]
    fn plain_pieces_are_one_text() {
        assert_eq!(joined(&["ab", "cd"]), ["abcd"]);
    }

    #[test]
    fn strings_at_the_same_path_are_one_text() {
        let pieces = [
            r#"{"id": "x", "choices": [{"delta": {"content": "se"}, "n": 1}], "a": "1"}"#,
            r#"{"id": "y", "choices": [{"delta": {"content": "cr\"et"}}, {"delta": {"content": "!"}}]}"#,
        ];
        let groups = joined(&pieces);
        assert!(
            groups.iter().any(|group| group == r#"secr\"et!"#) && groups.iter().any(|group| group == "xy"),
            "{groups:?}"
        );
    }

    #[test]
    fn the_lines_of_a_stream_are_pieces() {
        let text = "event: a\r\ndata: one\r\n\r\ndata:two\n{\"a\": 1}\nthree";
        let shown = lines(text.as_bytes()).into_iter().map(|at| &text[at.start as usize..at.end as usize]);
        assert_eq!(shown.collect::<Vec<_>>(), ["one", "two", "{\"a\": 1}"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in r#"[{}\[\]":,\\a ]{0,60}"#) {
            let _ = groups(text.as_bytes(), &[0..text.len() as u32, 0..text.len() as u32 / 2]);
            let _ = lines(text.as_bytes());
        }
    }
}
