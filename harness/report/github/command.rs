//! Workflow commands: lines of output on which the GitHub runner acts.

use crate::report::text::hostile::printable;

/// Returns `::error file=a.toml,line=3::message`. No text in a value can end the command or a property.
pub(super) fn command(kind: &str, properties: &[(&str, &str)], lines: &[String]) -> String {
    let given = properties.iter().filter(|(_, value)| !value.is_empty());
    let given: Vec<String> = given.map(|(name, value)| format!("{name}={}", property(value))).collect();
    let lines: Vec<String> = lines.iter().map(|line| data(&printable(line, true))).collect();
    let space = if given.is_empty() { "" } else { " " };
    format!("::{kind}{space}{}::{}\n", given.join(","), lines.join("%0A"))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&printable(text, true)).replace(':', "%3A").replace(',', "%2C")
}

/// Returns the text between commands that stop workflow commands, as a server under test may send `::add-mask::`. `word` ends the stop, so it
/// must be random: an author of the text must not know it.
#[must_use]
pub fn stopped(text: &str, word: &str) -> String {
    format!("::stop-commands::{word}\n{text}::{word}::\n")
}

#[cfg(test)]
mod tests {
    use super::{command, stopped};

    #[test]
    fn nothing_ends_a_command_or_a_property_early() {
        let hostile = "a,line=9::b\r\n::add-mask::c%0A";
        let line = command("error", &[("file", hostile), ("title", "")], &[hostile.to_owned(), "second".to_owned()]);
        assert_eq!(
            line,
            "::error file=a%2Cline=9%3A%3Ab\\r\\n%3A%3Aadd-mask%3A%3Ac%250A::a,line=9::b\\r\\n::add-mask::c%250A%0Asecond\n"
        );
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn a_command_without_properties_has_no_space() {
        assert_eq!(command("notice", &[], &["x".to_owned()]), "::notice::x\n");
    }

    #[test]
    fn a_report_is_fenced_in() {
        assert_eq!(stopped("a\n", "w"), "::stop-commands::w\na\n::w::\n");
    }
}
