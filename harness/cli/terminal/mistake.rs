//! Errors of usage or configuration: shown on stderr, with file, line, column and caret if there are any. Exit code 2.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use miette::{GraphicalReportHandler, GraphicalTheme, Report};

use crate::cli::terminal::output;
use crate::cli::terminal::presented::Presented;
use crate::redact::Redactor;
use crate::run;

/// The error of a subcommand that could not do its work.
#[derive(Debug)]
pub(crate) struct Mistake(Report);

impl<E: Into<Report>> From<E> for Mistake {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Mistake {
    /// Shows the error and returns the exit code.
    pub(crate) fn show(self) -> ExitCode {
        self.print();
        run::ExitCode::Mistake.into()
    }

    /// Shows the error.
    pub(crate) fn print(&self) {
        let colour = output::colour(std::io::stderr().is_terminal());
        let theme = match (colour, output::unicode()) {
            (true, true) => GraphicalTheme::unicode(),
            (false, true) => GraphicalTheme::unicode_nocolor(),
            (_, false) => GraphicalTheme::none(),
        };
        let mut text = String::new();
        let diagnostic = Presented::of(self.0.as_ref(), output::unicode());
        let shown = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_width(output::width())
            // A path or a URL must stay in one piece to be copied.
            .with_word_separator(textwrap::WordSeparator::AsciiSpace)
            .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
            .with_break_words(false)
            .render_report(&mut text, &diagnostic);
        if shown.is_err() {
            text = format!("{diagnostic}\n");
        }
        // A message may quote an address with a password, or a line of a file.
        let text = Redactor::new().clean(&text);
        let _ = write!(std::io::stderr(), "{text}");
    }
}
