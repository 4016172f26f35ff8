//! Text of a report in Markdown: it is text, and nothing in it is a mark. Sits in `report::github`.

use crate::report::text::hostile::printable;

/// Characters of a line: GitHub takes a mebibyte a summary, and what a server says may be long.
const LONGEST: usize = 400;

/// One line that stands anywhere: in a paragraph, in a table's cell, in a list. What could be a mark is a character reference.
pub(super) fn text(raw: &str) -> String {
    let mut safe = String::new();
    let raw = printable(raw, true);
    let mut chars = raw.chars().enumerate().peekable();
    while let Some((n, c)) = chars.next() {
        if n == LONGEST {
            safe.push('…');
            break;
        }
        // `:smile:` and `http://` are marks on GitHub, `why: that` is none.
        let ends_a_word = c == ':' && chars.peek().is_none_or(|(_, next)| *next == ' ');
        let inside_word = n > 0 && matches!(c, '-' | '.' | ')' | '0'..='9');
        match c {
            _ if inside_word || ends_a_word || c.is_alphabetic() => safe.push(c),
            ' ' | ',' | '/' | '(' | ';' | '?' | '%' | '=' | '\'' | '…' | '·' | '→' | '–' => safe.push(c),
            _ => safe.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    // An empty item would take the next line in.
    if safe.is_empty() { "–".to_owned() } else { safe }
}

/// One line of code, anywhere.
pub(super) fn code(raw: &str) -> String {
    format!("<code>{}</code>", text(raw))
}

/// A block to copy, fenced by more backticks than are in it.
pub(super) fn block(raw: &str) -> String {
    fenced(raw, "sh")
}

/// What a program printed, fenced in the same way.
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

/// One line of words, with what stands between backticks as code.
pub(super) fn sentence(raw: &str) -> String {
    let parts = raw.split('`').enumerate().filter(|(_, part)| !part.trim().is_empty());
    parts.map(|(n, part)| if n % 2 == 1 { code(part) } else { text(part) }).collect::<Vec<_>>().join(" ")
}

/// Text in which `` `…` `` is a command: words as words, commands as blocks.
pub(super) fn instruction(raw: &str) -> String {
    let is_bare =
        !raw.contains('`') && ["fivewhys ", "gcloud ", "kubectl ", "curl "].iter().any(|name| raw.starts_with(name));
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

/// A table with these heads.
pub(super) fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rule = vec!["---"; heads.len()];
    let mut table = format!("| {} |\n| {} |\n", heads.join(" | "), rule.join(" | "));
    for row in rows {
        table.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    table
}

/// What is folded until somebody asks for it.
pub(super) fn fold(summary: &str, content: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{content}\n</details>\n")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{block, text};

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

    #[test]
    fn a_fence_is_longer_than_any_in_it() {
        assert_eq!(block("a\n````\nb"), "`````sh\na\n````\nb\n`````\n");
    }
}
