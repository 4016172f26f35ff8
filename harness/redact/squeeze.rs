//! Removes white space, quotes, commas, backslashes and tags, which may interrupt a value that was wrapped, quoted or
//! listed.

use super::heads::folded;
use super::view::View;

/// The maximum length of a removed tag, in bytes.
const LONGEST_TAG: usize = 40;
/// The tags with which an error page wraps or marks up text.
const TAGS: [&[u8]; 9] = [b"br", b"wbr", b"p", b"div", b"span", b"li", b"td", b"code", b"pre"];

/// Returns the text without ASCII white space, control characters, quotes, commas, backslashes and tags.
pub(super) fn squeezed(text: &[u8]) -> View {
    let mut view = View::with_capacity(text.len());
    let (mut at, mut kept) = (0, 0);
    while at < text.len() {
        let dropped = match text[at] {
            b'<' => tag(&text[at..]).unwrap_or(0),
            byte => usize::from(is_between(byte)),
        };
        if dropped > 0 {
            view.push(&text[kept..at], kept..at);
            kept = at + dropped;
        }
        at += dropped.max(1);
    }
    view.push(&text[kept..], kept..text.len());
    view
}

/// Returns the form of a value that is searched in a squeezed text in lower case.
pub(super) fn value(text: &[u8]) -> Vec<u8> {
    folded(&squeezed(text).bytes)
}

fn is_between(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, 0x7F | b'"' | b'\'' | b'`' | b',' | b'\\')
}

/// Returns the length of the tag at the start: `<br>`, `</p>`, `<wbr />`. Other tags and tags with attributes stay,
/// because a secret may hold similar text.
fn tag(text: &[u8]) -> Option<usize> {
    let start = if text.get(1) == Some(&b'/') { 2 } else { 1 };
    let within = &text[start.min(text.len())..text.len().min(LONGEST_TAG)];
    let name = within.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    TAGS.iter().find(|tag| tag.eq_ignore_ascii_case(&within[..name]))?;
    let rest = &within[name..];
    let end = rest.iter().take_while(|byte| matches!(byte, b' ' | b'/')).count();
    (rest.get(end) == Some(&b'>')).then_some(start + name + end + 1)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ab\r\n\tc d", "abcd")]
    #[case(r#"["ab", 'cd',\n`ef`]"#, "[abcdnef]")]
    #[case("a<br>b<br/>c<BR />d</p>e<wbr>f", "abcdef")]
    #[case("a < b <> <1> <", "a<b<><1><")]
    #[case("<br", "<br")]
    #[case("<a <br> b", "<ab")]
    #[case(
        "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>",
        "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>"
    )]
    fn interruptions_are_removed(#[case] text: &str, #[case] clean: &str) {
        assert_eq!(String::from_utf8(squeezed(text.as_bytes()).bytes).unwrap(), clean);
    }
}
