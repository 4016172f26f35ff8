//! Decides which characters may reach a terminal: text in a report may come from the server under test and is hostile input.

/// Characters after which a text is cut, so that no response can flood the report.
const LONGEST: usize = 2000;

/// Reports whether a character acts on the terminal, or hides or reorders its neighbours. These are control characters (escape sequences begin
/// with one), bidirectional controls (CVE-2021-42574), zero-width characters, tag characters and line separators.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns the text in one line of at most 2000 characters. Hidden characters become visible (`\n`, `\u{1b}`). Without `unicode`, the result is
/// ASCII.
pub(crate) fn printable(raw: &str, unicode: bool) -> String {
    let raw = raw.trim();
    let mut shown = String::with_capacity(raw.len().min(4 * LONGEST));
    for c in raw.chars().take(LONGEST) {
        push(&mut shown, c, unicode);
    }
    if raw.chars().nth(LONGEST).is_some() {
        push(&mut shown, '…', unicode);
    }
    shown
}

/// Returns the whole text. Hidden characters become visible, apart from those in `kept`. Without `unicode`, the result is
/// ASCII.
pub(crate) fn visible(raw: &str, kept: &str, unicode: bool) -> String {
    let mut shown = String::with_capacity(raw.len());
    for c in raw.chars() {
        if kept.contains(c) {
            shown.push(c);
        } else {
            push(&mut shown, c, unicode);
        }
    }
    shown
}

fn push(shown: &mut String, c: char, unicode: bool) {
    match c {
        // The layout uses these spaces for its own purpose.
        '\u{a0}' | '\u{202f}' => shown.push(' '),
        _ if is_hidden(c) => shown.extend(c.escape_default()),
        _ if unicode || c.is_ascii() => shown.push(c),
        _ => match plain(c) {
            Some(ascii) => shown.push_str(ascii),
            None => shown.extend(c.escape_default()),
        },
    }
}

/// Returns the ASCII form of a typographic character.
const fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '·' | '‐' | '–' | '—' | '−' => "-",
        '…' => "...",
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        '→' => "->",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{LONGEST, is_hidden, printable};

    #[rstest]
    #[case::colour("\u{1b}[31mred\u{1b}[0m", r"\u{1b}[31mred\u{1b}[0m")]
    #[case::eight_bit_control("\u{9b}2J", r"\u{9b}2J")]
    #[case::new_line("one\r\ntwo\tthree", r"one\r\ntwo\tthree")]
    #[case::right_to_left("user\u{202e}nimda", r"user\u{202e}nimda")]
    #[case::zero_width("pass\u{200b}ed", r"pass\u{200b}ed")]
    #[case::tag("a\u{e0041}b", r"a\u{e0041}b")]
    #[case::surrounding_white_space("  a \n", "a")]
    #[case::no_break_spaces("a\u{a0}b\u{202f}c", "a b c")]
    #[case::other_scripts("grün · 緑 …", "grün · 緑 …")]
    fn hidden_characters_are_shown_and_visible_ones_kept(#[case] raw: &str, #[case] shown: &str) {
        assert_eq!(printable(raw, true), shown);
    }

    #[rstest]
    #[case("a · b … c", "a - b ... c")]
    #[case("‘a’ → “b”", "'a' -> \"b\"")]
    #[case("grün", r"gr\u{fc}n")]
    fn a_terminal_without_unicode_gets_ascii(#[case] raw: &str, #[case] shown: &str) {
        assert_eq!(printable(raw, false), shown);
    }

    #[test]
    fn a_long_text_is_cut() {
        let shown = printable(&"x".repeat(LONGEST + 1), true);
        assert_eq!(shown.chars().count(), LONGEST + 1);
        assert!(shown.ends_with('…'));
        assert_eq!(printable(&"x".repeat(LONGEST), true).len(), LONGEST);
    }

    #[test]
    fn every_control_is_hidden() {
        assert!((char::MIN..=char::MAX).filter(|c| c.is_control()).all(is_hidden));
    }
}
