//! An error as it can be shown: no character of it acts on the terminal, and it fits on a screen.

use std::error::Error;
use std::fmt;

use miette::{Diagnostic, LabeledSpan, SourceCode};

use crate::cli::terminal::excerpt::Excerpt;
use crate::report::visible;

/// The most characters of a message or of a help text.
const LONGEST: usize = 2000;
/// The most errors behind an error.
const DEEPEST: usize = 8;

/// A copy of an error. Names, values and lines of files are hostile input.
#[derive(Debug)]
pub(crate) struct Presented {
    message: String,
    code: Option<String>,
    help: Option<String>,
    excerpt: Option<Excerpt>,
    cause: Option<Box<Self>>,
}

impl Presented {
    /// Copies an error. Without `unicode`, the copy is ASCII.
    pub(crate) fn of(error: &dyn Diagnostic, unicode: bool) -> Self {
        let labels: Vec<LabeledSpan> = error.labels().into_iter().flatten().collect();
        Self {
            message: text(&error.to_string(), unicode),
            code: error.code().map(|code| text(&code.to_string(), unicode)),
            help: error.help().map(|help| text(&help.to_string(), unicode)),
            excerpt: error.source_code().and_then(|source| Excerpt::of(source, &labels, unicode)),
            cause: causes(error.source(), DEEPEST, unicode),
        }
    }
}

fn causes(error: Option<&(dyn Error + 'static)>, depth: usize, unicode: bool) -> Option<Box<Presented>> {
    let error = error.filter(|_| depth > 0)?;
    Some(Box::new(Presented {
        message: text(&error.to_string(), unicode),
        code: None,
        help: None,
        excerpt: None,
        cause: causes(error.source(), depth - 1, unicode),
    }))
}

/// Returns a text of several lines that can be shown, cut to the most characters.
pub(crate) fn text(raw: &str, unicode: bool) -> String {
    let end = raw.char_indices().nth(LONGEST).map_or(raw.len(), |(at, _)| at);
    let mut shown = visible(&raw[..end], "\n", unicode);
    if end < raw.len() {
        shown.push_str(&visible("…", "", unicode));
    }
    shown
}

impl fmt::Display for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Presented {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as &dyn Error)
    }
}

impl Diagnostic for Presented {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.excerpt.as_ref()?.label())))
    }
}

#[cfg(test)]
mod tests {
    use miette::{GraphicalReportHandler, GraphicalTheme};
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::document::{ConfigError, source};

    fn rendered(error: &dyn Diagnostic) -> String {
        let mut shown = String::new();
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(100);
        handler.render_report(&mut shown, error).expect("it is rendered");
        shown
    }

    fn mistake(text: &str, part: &str) -> ConfigError {
        let at = text.find(part).expect("the part");
        ConfigError::new("no such key").at(&source("t.toml", text), at..at + part.len()).help("write another")
    }

    #[rstest]
    #[case::first("wrong = 1\nb = 2\nc = 3\n", "wrong")]
    #[case::middle("a = 1\nb = 2\n  wrong = 3\nd = 4\ne = 5\n", "wrong")]
    #[case::last("a = 1\nb = 2\nwrong = 3", "wrong")]
    #[case::with_tabs("a = 1\n\twrong = 3\n", "wrong")]
    #[case::wide("a = 1\n\"grün 緑\" = { wrong = 3 }\n", "wrong")]
    #[case::two_lines("a = 1\nb = [\n  1,\n]\nc = 1\n", "[\n  1,\n]")]
    fn a_harmless_mistake_is_shown_as_it_is(#[case] text: &str, #[case] part: &str) {
        let error = mistake(text, part);
        assert_eq!(rendered(&Presented::of(&error, true)), rendered(&error));
    }

    #[rstest]
    #[case::in_a_long_line("x".repeat(30 << 20) + "wrong" + &"y".repeat(1 << 20), "t.toml:1:31457281")]
    #[case::in_a_long_file("a = 1\n".repeat(1 << 20) + "wrong = 3\n" + &"b = 1\n".repeat(9), "t.toml:1048577:1")]
    #[case::below_a_long_line("x".repeat(30 << 20) + "\nwrong\n", "t.toml:2:1")]
    fn an_excerpt_fits_on_a_screen(#[case] text: String, #[case] place: &str) {
        let shown = rendered(&Presented::of(&mistake(&text, "wrong"), true));
        assert!(shown.len() < 4000 && shown.lines().count() < 24, "{} bytes", shown.len());
        assert!(shown.contains(place) && shown.contains("wrong"), "{shown}");
        let line = shown.lines().position(|line| line.contains("wrong")).expect("it is shown");
        let column = |line: &str, what: &str| line.find(what).map(|at| line[..at].chars().count());
        let (line, under) = (shown.lines().nth(line).expect("it"), shown.lines().nth(line + 1).expect("the next"));
        assert_eq!(column(under, "┬").map(|at| at - 2), column(line, "wrong"), "{shown}");
    }

    #[test]
    fn a_mistake_of_many_lines_is_shown_at_its_first() {
        let text = "a = 1\nwrong = [\n".to_owned() + &"1,\n".repeat(10_000) + "]\n";
        let part = &text[6..text.len() - 1];
        let shown = rendered(&Presented::of(&mistake(&text, part), true));
        assert!(shown.lines().count() < 24 && shown.contains("wrong = ["), "{shown}");
    }

    #[test]
    fn long_messages_are_cut() {
        let long = "z".repeat(1 << 20);
        let error = ConfigError::new(long.clone()).help(long);
        assert!(rendered(&Presented::of(&error, true)).len() < 5000);
    }

    proptest! {
        #[test]
        fn no_text_acts_on_the_terminal(
            before in "(\\PC|[\\x00-\\x1f\\x7f-\\x9f\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200b}]){0,40}",
            part in "(\\PC|[\\x00-\\x1f\u{202e}]){1,20}",
            message in "(\\PC|[\\x00-\\x1f\u{202e}]){0,40}",
            unicode: bool,
        ) {
            let text = format!("{before}{part}{before}");
            let error = ConfigError::new(&message).at(&source(&before, &text), before.len()..before.len() + part.len());
            let shown = rendered(&Presented::of(&error.help(&message), unicode));
            prop_assert_eq!(&visible(&shown, "\n", true), &shown);
        }
    }
}
