//! Makes text safe in Markdown: no character of it is markup.

use crate::report::text::hostile::printable;

/// Characters of a line. GitHub accepts 1 MiB for a summary, and a server may send long texts.
const LONGEST: usize = 400;

/// Returns one line that is safe in a paragraph, a table or a list. A character that could be markup becomes a character reference.
pub(super) fn text(raw: &str) -> String {
    let mut safe = String::new();
    let raw = printable(raw, true);
    let mut chars = raw.chars().enumerate().peekable();
    while let Some((n, c)) = chars.next() {
        if n == LONGEST {
            safe.push('…');
            break;
        }
        // GitHub reads `:smile:` and `http://` as markup, but not `why: that`.
        let ends_a_word = c == ':' && chars.peek().is_none_or(|(_, next)| *next == ' ');
        let inside_word = n > 0 && matches!(c, '-' | '.' | ')' | '0'..='9');
        match c {
            _ if inside_word || ends_a_word || c.is_alphabetic() => safe.push(c),
            ' ' | ',' | '/' | '(' | ';' | '?' | '%' | '=' | '\'' | '…' | '·' | '→' | '–' => safe.push(c),
            _ => safe.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    // An empty list item would absorb the next line.
    if safe.is_empty() { "–".to_owned() } else { safe }
}

/// Returns one line of code that is safe anywhere.
pub(super) fn code(raw: &str) -> String {
    format!("<code>{}</code>", text(raw))
}

/// Returns a link to a web page. Any other address is shown as code.
pub(super) fn link(label: &str, url: &str) -> String {
    let url = printable(url, true);
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || url.contains(char::is_whitespace) {
        return code(&url);
    }
    // Between angle brackets, only these could end the address or the cell of a table.
    let url = url.replace('<', "%3C").replace('>', "%3E").replace('|', "%7C").replace('\\', "%5C");
    format!("[{}](<{url}>)", text(label))
}

/// Returns a block to copy, fenced by more backticks than it holds in a row.
pub(super) fn block(raw: &str) -> String {
    fenced(raw, "sh")
}

/// Returns the output of a program, fenced in the same way.
pub(super) fn printed(raw: &str) -> String {
    fenced(raw, "text")
}

fn fenced(raw: &str, language: &str) -> String {
    let lines: Vec<String> = raw.lines().map(|line| printable(line, true)).collect();
    let mut longest = 2;
    let mut run = 0;
    for c in lines.join("\n").chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

/// Returns one line of words. Text between backticks becomes code.
pub(super) fn sentence(raw: &str) -> String {
    let parts = raw.split('`').enumerate().filter(|(_, part)| !part.trim().is_empty());
    parts.map(|(n, part)| if n % 2 == 1 { code(part) } else { text(part) }).collect::<Vec<_>>().join(" ")
}

/// Returns an instruction: text between backticks becomes a block to copy.
pub(super) fn instruction(raw: &str) -> String {
    let is_bare = !raw.contains('`')
        && ["fivewhys ", "gcloud ", "kubectl ", "aws ", "docker ", "curl "].iter().any(|name| raw.starts_with(name));
    if is_bare {
        return format!("\n{}", block(raw));
    }
    if raw.replace('`', "").trim().is_empty() {
        return format!("\n{}\n", text(""));
    }
    let parts = raw.trim().split('`').enumerate().filter(|(_, part)| !part.trim().is_empty());
    parts
        .map(|(n, part)| if n % 2 == 1 { format!("\n{}", block(part)) } else { format!("\n{}\n", text(part)) })
        .collect()
}

/// Returns a table with these heads.
pub(super) fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rule = vec!["---"; heads.len()];
    let mut table = format!("| {} |\n| {} |\n", heads.join(" | "), rule.join(" | "));
    for row in rows {
        table.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    table
}

/// Returns content that is folded until the reader opens it.
pub(super) fn fold(summary: &str, content: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{content}\n</details>\n")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{block, link, text};

    #[rstest]
    #[case::nothing("", "–")]
    #[case::words("POST /api/chat, 403", "POST /api/chat, 403")]
    #[case::cell("a | b", "a &#124; b")]
    #[case::markup("<b>*x*</b>", "&#60;b&#62;&#42;x&#42;&#60;/b&#62;")]
    #[case::mention("@everyone", "&#64;everyone")]
    #[case::list("- a", "&#45; a")]
    #[case::number("1. a", "&#49;. a")]
    #[case::link("[a](http://b)", "&#91;a&#93;(http&#58;//b)")]
    fn a_text_is_no_markup(#[case] raw: &str, #[case] safe: &str) {
        assert_eq!(text(raw), safe);
    }

    #[rstest]
    #[case::page("https://t.example/1?a=b", "[trace](<https://t.example/1?a=b>)")]
    #[case::breaks_out("https://t.example/>) | x", "<code>https&#58;//t.example/&#62;) &#124; x</code>")]
    #[case::end("https://t.example/>|", "[trace](<https://t.example/%3E%7C>)")]
    #[case::script("javascript:alert(1)", "<code>javascript&#58;alert(1)</code>")]
    fn a_link_leads_to_a_web_page(#[case] url: &str, #[case] markdown: &str) {
        assert_eq!(link("trace", url), markdown);
    }

    #[test]
    fn a_fence_is_longer_than_any_in_it() {
        assert_eq!(block("a\n````\nb"), "`````sh\na\n````\nb\n`````\n");
    }
}
