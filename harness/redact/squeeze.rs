//! A text without what may stand between the characters of a value that was wrapped, quoted or listed. Sits in `redact`, before `fragments`.

/// Bytes of the longest tag that is taken for a line break of some kind.
const LONGEST_TAG: usize = 40;
/// What an error page wraps or marks up text with.
const TAGS: [&[u8]; 9] = [b"br", b"wbr", b"p", b"div", b"span", b"li", b"td", b"code", b"pre"];

/// The positions of the bytes that are kept: all but ASCII white space and control characters, quotes, commas, backslashes and tags.
pub(super) fn kept(text: &[u8]) -> Vec<usize> {
    let mut kept = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let tag = if text[at] == b'<' { tag(&text[at..]) } else { None };
        if tag.is_none() && !is_between(text[at]) {
            kept.push(at);
        }
        at += tag.unwrap_or(1);
    }
    kept
}

/// The bytes that are kept.
pub(super) fn squeeze(text: &[u8]) -> Vec<u8> {
    kept(text).into_iter().map(|at| text[at]).collect()
}

fn is_between(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, 0x7F | b'"' | b'\'' | b'`' | b',' | b'\\')
}

/// The length of the tag that stands here: `<br>`, `</p>`, `<wbr />`. Others, and any with attributes, stay: a secret may hold what looks like one.
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
    fn what_stands_between_is_left_out(#[case] text: &str, #[case] squeezed: &str) {
        assert_eq!(String::from_utf8(squeeze(text.as_bytes())).unwrap(), squeezed);
    }
}
