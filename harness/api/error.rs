//! Why nothing was tested.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

/// Why nothing was tested: a mistake in a file, a missing secret, or a twin that does not start.
///
/// `Display` prints one line. `Debug`, which a failed test shows, prints the file with line, column and help.
///
/// # Example
/// ```
/// let error = fivewhys::Scenario::shipped("no-such-scenario").unwrap_err();
/// assert!(error.to_string().contains("no-such-scenario"));
/// ```
pub struct Error(miette::Report);

impl Error {
    pub(crate) fn message(text: impl fmt::Display) -> Self {
        Self(miette::miette!("{text}"))
    }
}

impl<E: Diagnostic + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_links(false);
        f.write_str("\n")?;
        handler.render_report(f, self.0.as_ref())
    }
}

impl std::error::Error for Error {}
