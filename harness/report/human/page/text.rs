//! A piece of text, cleaned when it is made and painted when it is written.

use owo_colors::Style as Colours;
use textwrap::core::{Word, display_width};
use textwrap::{WordSeparator, wrap_algorithms::wrap_first_fit};

use crate::report::text::hostile::printable;

/// Stands for a space inside a command, which is never broken. Cleaned text never holds this character.
const GLUE: char = '\u{a0}';
/// Stands for a space at which a line ends only if it must. Cleaned text never holds this character.
const TIE: char = '\u{202f}';

/// The colour of a text. Colour never carries a meaning alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Good,
    Bad,
    Warning,
    Strong,
    Faint,
}

/// Makes every text from a string of the report, and cleans it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ink {
    pub(crate) unicode: bool,
}

/// A cleaned text without line breaks.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    shown: String,
    paint: Paint,
    at_least: usize,
    /// Whether a line may end inside a URL.
    anywhere: bool,
}

impl Ink {
    /// Makes words: a line may end at every space.
    pub(crate) fn text(self, paint: Paint, raw: &str) -> Text {
        Text { shown: printable(raw, self.unicode), paint, at_least: 0, anywhere: false }
    }

    /// Makes bytes of a request or response: a URL in them may be broken.
    pub(crate) fn bytes(self, paint: Paint, raw: &str) -> Text {
        Text { anywhere: true, ..self.text(paint, raw) }
    }

    /// Makes a command. It is never broken, as its first half alone could do something else when run.
    pub(crate) fn command(self, raw: &str) -> Text {
        let mut text = self.text(Paint::Strong, raw);
        text.shown = text.shown.replace(' ', &GLUE.to_string());
        text
    }

    /// Makes a command, or words with commands between backticks. A text with an option (`--x`) and no backtick is a command.
    pub(crate) fn instruction(self, raw: &str) -> Text {
        if !raw.contains('`') && raw.split_whitespace().any(|word| word.starts_with("--")) {
            return self.command(raw);
        }
        let mut text = self.text(Paint::Plain, raw);
        let parts: Vec<&str> = text.shown.split('`').collect();
        let glued = parts.iter().enumerate().map(|(n, part)| {
            let between_backticks = n % 2 == 1 && n + 1 < parts.len();
            if between_backticks { part.replace(' ', &GLUE.to_string()) } else { (*part).to_owned() }
        });
        text.shown = glued.collect::<Vec<_>>().join("`");
        text
    }

    /// Makes a list. A line ends after a separator, not before it.
    pub(crate) fn list<S: AsRef<str>>(
        self,
        paint: Paint,
        parts: impl IntoIterator<Item = S>,
        separator: Separator,
    ) -> Text {
        let between = match (separator, self.unicode) {
            (Separator::Comma, _) => ", ",
            (Separator::Dot, true) => "\u{202f}· ",
            (Separator::Dot, false) => "\u{202f}- ",
        };
        let parts: Vec<String> = parts.into_iter().map(|part| printable(part.as_ref(), self.unicode)).collect();
        Text { shown: parts.join(between), paint, at_least: 0, anywhere: false }
    }
}

/// The separator between the parts of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Separator {
    Comma,
    Dot,
}

impl Text {
    /// Sets the least width of the text when another text follows.
    pub(crate) const fn padded(mut self, columns: usize) -> Self {
        self.at_least = columns;
        self
    }

    /// Returns the columns of the text itself.
    pub(crate) fn width(&self) -> usize {
        display_width(&self.shown)
    }

    /// Returns the columns with the padding.
    pub(crate) fn span(&self) -> usize {
        self.width().max(self.at_least)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Returns the text in lines of at most `columns`, and at least one line. A command or a URL may make a longer line.
    pub(crate) fn wrap(&self, columns: usize) -> Vec<Self> {
        let words: Vec<Word<'_>> = WordSeparator::AsciiSpace
            .find_words(&self.shown)
            .flat_map(
                |word| if is_whole(&word) && !self.anywhere { vec![word] } else { word.break_apart(columns).collect() },
            )
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "a line has a few hundred columns")]
        let lines = wrap_first_fit(&words, &[columns as f64]);
        lines.into_iter().map(|line| Self { shown: joined(line), ..*self }).collect()
    }

    /// Appends the text, in colour or not.
    pub(crate) fn write(&self, out: &mut String, colour: bool) {
        let shown = self.shown.replace([GLUE, TIE], " ");
        if colour && self.paint != Paint::Plain {
            out.push_str(&self.paint.colours().style(shown).to_string());
        } else {
            out.push_str(&shown);
        }
    }
}

fn is_whole(word: &str) -> bool {
    word.contains(GLUE) || word.contains("://")
}

fn joined(line: &[Word<'_>]) -> String {
    let mut text = String::new();
    for word in line {
        text.push_str(word);
        text.push_str(word.whitespace);
    }
    text.truncate(text.trim_end_matches([' ', TIE]).len());
    text
}

impl Paint {
    const fn colours(self) -> Colours {
        match self {
            Self::Plain => Colours::new(),
            Self::Good => Colours::new().green(),
            Self::Bad => Colours::new().red().bold(),
            Self::Warning => Colours::new().yellow(),
            Self::Strong => Colours::new().bold(),
            Self::Faint => Colours::new().dimmed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Ink, Paint, Separator, Text};

    const INK: Ink = Ink { unicode: true };

    fn lines(text: &Text, columns: usize) -> Vec<String> {
        let written = |line: Text| {
            let mut out = String::new();
            line.write(&mut out, false);
            out
        };
        text.wrap(columns).into_iter().map(written).collect()
    }

    #[rstest]
    #[case::at_spaces("one two three", 8, &["one two", "three"])]
    #[case::inside_a_word_longer_than_the_line("abcdefgh", 3, &["abc", "def", "gh"])]
    #[case::never_inside_a_url("see https://a.test/very/long", 8, &["see", "https://a.test/very/long"])]
    #[case::by_columns_not_by_characters("緑緑緑 緑", 4, &["緑緑", "緑", "緑"])]
    #[case::nothing("", 8, &[""])]
    #[case::no_width("ab", 0, &["a", "b"])]
    fn lines_are_wrapped_at_words(#[case] raw: &str, #[case] columns: usize, #[case] expected: &[&str]) {
        assert_eq!(lines(&INK.text(Paint::Plain, raw), columns), expected);
    }

    #[rstest]
    #[case::a_command("gcloud run --x y", &["gcloud run --x y"])]
    #[case::words("redeploy the backend", &["redeploy", "the", "backend"])]
    #[case::words_around_a_command("then run `gcloud run --x y` twice", &["then run", "`gcloud run --x y`", "twice"])]
    #[case::a_lone_backtick("then ` run it", &["then `", "run it"])]
    #[case::a_third_backtick("`a b` and ` run it", &["`a b`", "and `", "run it"])]
    fn a_command_stays_whole_and_words_are_wrapped(#[case] raw: &str, #[case] expected: &[&str]) {
        assert_eq!(lines(&INK.instruction(raw), 8), expected);
    }

    #[test]
    fn a_line_ends_after_a_separator() {
        let list = INK.list(Paint::Plain, ["one", "two", "three"], Separator::Dot);
        assert_eq!(lines(&list, 11), ["one · two ·", "three"]);
        assert_eq!(lines(&list, 10), ["one ·", "two ·", "three"]);
    }
}
